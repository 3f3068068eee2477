/** The check `health` against what `?health` tells: anybody, and an operator. */
import { afterEach, describe, expect, it } from 'vitest';
import { type CheckResult, diagnose } from '../../../cli/doctor/diagnose.ts';
import type { AuthEndpoint } from '../../../core/auth-endpoint.ts';
import { configureEndpoint } from '../../../index.ts';
import { answering } from './broken.ts';
import { goodEndpoint, type Served, serveEndpoint, targetOf } from './endpoints.ts';

const SECRET = 'an-operators-secret-of-32-bytes-or-more';
const withSecret = goodEndpoint({}, { ABLY_AUTH_OPERATOR_SECRET: SECRET });

let served: Served | undefined;
afterEach(() => served?.close());

async function healthOf(endpoint: AuthEndpoint, operatorSecret?: string): Promise<CheckResult | undefined> {
  served = await serveEndpoint(endpoint);
  const { results } = await diagnose(targetOf(served.url, { operatorSecret }), { only: ['health'] });
  return results[0];
}

/** An operator's answer with something else in it. */
function telling(change: (told: Readonly<Record<string, object>>) => object): AuthEndpoint {
  const changed = answering((answer) => ({ ...answer, body: JSON.stringify(change(JSON.parse(answer.body))) }));
  return { handle: changed(withSecret.handle) };
}

describe('health', () => {
  it('passes where the endpoint is configured, and tells an operator of its key and build', async () => {
    expect(await healthOf(goodEndpoint())).toMatchObject({ verdict: 'passes', seen: 'configured' });
    expect(await healthOf(withSecret, SECRET)).toMatchObject({
      verdict: 'passes',
      seen: expect.stringMatching(/^configured, with its key, version "\d/),
    });
  });

  it('fails where it is not, naming to an operator what is wrong', async () => {
    const wrong = configureEndpoint({
      definition: { build: () => ({ sources: [], rules: [] }) },
      env: { ABLY_AUTH_OPERATOR_SECRET: SECRET },
      keySource: { ok: false, problems: [{ setting: 'ABLY_API_KEY', problem: 'it is missing', fix: 'Set it' }] },
    });
    expect(await healthOf(wrong)).toMatchObject({ verdict: 'fails', seen: 'misconfigured' });
    expect(await healthOf(wrong, SECRET)).toMatchObject({
      verdict: 'fails',
      seen: expect.stringContaining('"ABLY_API_KEY"'),
    });
  });

  it('fails where the key cannot be read, and warns of a clock that is off or of another secret', async () => {
    const failing = telling((told) => ({
      ...told,
      key: { state: 'failing', problem: { setting: 'ABLY_API_KEY_SECRET_ID' } },
    }));
    expect(await healthOf(failing, SECRET)).toMatchObject({
      verdict: 'fails',
      seen: 'its key cannot be read, see "ABLY_API_KEY_SECRET_ID"',
    });
    const late = telling((told) => ({ ...told, clock: { nowMs: Date.now() - 600_000 } }));
    expect(await healthOf(late, SECRET)).toMatchObject({
      verdict: 'warns',
      seen: expect.stringMatching(/^its clock is (59\d|600) s from this machine’s$/),
    });
    expect(await healthOf(withSecret, `${SECRET}-of-another`)).toMatchObject({ verdict: 'warns' });
  });

  it('is not checked where the endpoint does not tell', async () => {
    const { handle } = goodEndpoint();
    const deaf: AuthEndpoint = { handle: (request) => handle({ ...request, query: [] }) };
    expect(await healthOf(deaf)).toMatchObject({ verdict: 'not checked', seen: 'the endpoint does not tell' });
  });
});
