/** `Server-Timing`: to whom, what, and never more. */
import { describe, expect, it } from 'vitest';
import { createEnvironmentKeySource } from '../../adapters/key-sources/environment.ts';
import { withServerTiming } from '../../core/wire/server-timing.ts';
import { anonymous, configureEndpoint } from '../../index.ts';
import { answerOf, everyOutcome } from '../safety/every-outcome.ts';
import { RULES } from '../safety/support.ts';
import { authRequest, type EndpointToTest, headerOf, sessionCookie, testEndpoint } from './auth-request.ts';

const BOB = { cookies: [sessionCookie({ subject: 'bob' })] };

async function timingOf(options: EndpointToTest): Promise<string | undefined> {
  const endpoint = testEndpoint({ rules: RULES, ...options });
  return headerOf(await endpoint.handle(authRequest(BOB)), 'Server-Timing');
}

describe('Server-Timing', () => {
  it('is there only where the config or the setting asks for it; the config counts', async () => {
    const on = { ABLY_AUTH_SERVER_TIMING: 'true' };
    expect(await timingOf({})).toBeUndefined();
    expect(await timingOf({ env: { ABLY_AUTH_SERVER_TIMING: 'false' } })).toBeUndefined();
    expect(await timingOf({ env: on })).toBeDefined();
    expect(await timingOf({ serverTiming: true })).toBeDefined();
    expect(await timingOf({ serverTiming: false, env: on })).toBeUndefined();
  });

  it('names the stages in their order and how long they took, to a tenth of a millisecond', async () => {
    const value = await timingOf({ serverTiming: true });
    expect(value?.split(', ').map((metric) => metric.replace(/;dur=\d+\.\d$/, ''))).toEqual([
      ...['keys', 'identify', 'wishes', 'decide', 'settle', 'issue', 'total'],
    ]);
    const answer = { status: 200, headers: [['A', 'b']] as const, cookies: [], body: '' };
    expect(withServerTiming(answer, { keys: 0.049, identify: 12.345 }).headers).toEqual([
      ['A', 'b'],
      ['Server-Timing', 'keys;dur=0.0, identify;dur=12.3, total;dur=12.4'],
    ]);
  });

  it('goes with a credential, and with nothing else', async () => {
    for (const outcome of everyOutcome()) {
      const { response } = await answerOf(outcome);
      expect(headerOf(response, 'Server-Timing')).toBeUndefined();
    }
    for (const { endpoint, request, name } of everyOutcome({}, { serverTiming: true })) {
      const response = await endpoint.handle(request);
      expect(headerOf(response, 'Server-Timing') !== undefined, name).toBe(response.status === 200);
    }
  });

  it('does not need anybody who listens to the log', async () => {
    const rules = [{ name: 'all', when: { kind: 'anonymous' as const }, grant: { news: ['subscribe' as const] } }];
    const { handle } = configureEndpoint({
      definition: { build: () => ({ sources: [anonymous()], rules, serverTiming: true }) },
      env: {},
      keySource: {
        ok: true,
        source: createEnvironmentKeySource({ ABLY_API_KEY: 'appid.keyid:obviously-a-fake-secret' }),
      },
    });
    expect(headerOf(await handle(authRequest()), 'Server-Timing')).toMatch(/^keys;dur=/);
  });
});
