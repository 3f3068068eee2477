/** The built functions in the formats that only some configs use: with Ably's SDK in a chunk, or without it. */
import { randomBytes } from 'node:crypto';
import * as Ably from 'ably';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AblyService, startAblyService } from '../../dev/ably-service/ably-service.ts';
import { STAGE_KEY } from '../stage.ts';
import { BUILDING_TAKES_AT_MOST_MS, type Built, type RunningArtefact, runArtefact, sharedArtefacts } from './built.ts';

const POLICY = { rules: [{ name: 'visitors', when: { kind: 'anonymous' }, grant: { notifications: ['subscribe'] } }] };
const EMBEDDED = { ABLY_AUTH_TOKEN_FORMAT: 'embedded-jwt', ABLY_AUTH_EMBEDDED_SECRET: 'y'.repeat(40) };

let built: Built;
let service: AblyService;
let env: Readonly<Record<string, string>>;
const running: RunningArtefact[] = [];

beforeAll(async () => {
  [built, service] = await Promise.all([sharedArtefacts(), startAblyService({ keys: [STAGE_KEY] })]);
  env = {
    ABLY_API_KEY: `${STAGE_KEY.name}:${STAGE_KEY.secret}`,
    ABLY_AUTH_SESSION_SECRET: randomBytes(32).toString('base64url'),
    ABLY_AUTH_POLICY: JSON.stringify(POLICY),
    ...{ ABLY_ENDPOINT: service.host, ABLY_PORT: String(service.port), ABLY_TLS: 'false' },
  };
}, BUILDING_TAKES_AT_MOST_MS);
afterEach(async () => {
  for (const artefact of running.splice(0)) await artefact.stop();
});
afterAll(async () => {
  await service.close();
  await built.remove();
});

async function run(name: 'aws-lambda' | 'vercel' | 'netlify', more: Readonly<Record<string, string>>) {
  const artefact = await runArtefact(built.of(name), { ...env, ...more });
  running.push(artefact);
  return artefact;
}

describe('the built function for AWS Lambda', () => {
  it('exchanges for an Ably token through the SDK in its chunk, with which a client reads', async () => {
    const artefact = await run('aws-lambda', { ABLY_AUTH_TOKEN_FORMAT: 'ably-token' });
    const response = await fetch(artefact.url);
    expect(response.status).toBe(200);
    const details = (await response.json()) as Ably.TokenDetails;
    expect(Object.keys(details)).toEqual(['token', 'issued', 'expires', 'capability']);
    expect(details).toMatchObject({ capability: '{"notifications":["subscribe"]}' });
    const rest = new Ably.Rest({ ...service.clientOptions, token: details.token });
    expect((await rest.channels.get('notifications').presence.get()).items).toEqual([]);
  });

  it('says that Ably is out of reach, and stays up', async () => {
    const artefact = await run('aws-lambda', { ABLY_AUTH_TOKEN_FORMAT: 'ably-token', ABLY_PORT: '1' });
    for (let request = 0; request < 2; request += 1) {
      const response = await fetch(artefact.url);
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    }
    expect(artefact.log().join()).toContain('"ably-unavailable"');
  });

  it('says once what is wrong with the embedded JWT, and answers 503', async () => {
    const artefact = await run('aws-lambda', { ...EMBEDDED, ABLY_AUTH_EMBEDDED_SECRET: 'short' });
    for (let request = 0; request < 2; request += 1) expect((await fetch(artefact.url)).status).toBe(503);
    const lines = artefact.log().filter((line) => line.includes('"problems"'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('ABLY_AUTH_EMBEDDED_SECRET');
  });
});

describe.each(['vercel', 'netlify'] as const)('the drop-in for %s', (name) => {
  it('issues a JWT around an Ably JWT', async () => {
    const response = await fetch((await run(name, EMBEDDED)).url);
    expect(response.headers.get('content-type')).toBe('application/jwt');
    const rest = new Ably.Rest({ ...service.clientOptions, token: await response.text() });
    expect((await rest.channels.get('notifications').presence.get()).items).toEqual([]);
  });

  it('holds no SDK, so it says what to do where an Ably token is asked for', async () => {
    const artefact = await run(name, { ABLY_AUTH_TOKEN_FORMAT: 'ably-token' });
    expect((await fetch(artefact.url)).status).toBe(503);
    const log = artefact.log().join();
    expect(log).toContain('this function holds no SDK for it');
    expect(log).toContain('Install the package');
  });
});
