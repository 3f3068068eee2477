/**
 * The built functions with a store that `ABLY_AUTH_STORE` names: its client is in the build and can be loaded there, and
 * a store that is away is 503 and passes.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Target } from '../../../dev/build/targets.ts';
import { createSessionCookies } from '../../../index.ts';
import { BUILDING_TAKES_AT_MOST_MS, type Built, buildArtefacts, runArtefact } from '../../build/built.ts';
import { type ServerCommand, startServer } from '../processes.ts';
import { blobsServer, dynalite, httpUrl, redisServer, redisUrl, TABLE } from '../servers.ts';

const SECRET = randomBytes(32).toString('base64url');
const SETTINGS = {
  ABLY_API_KEY: 'builtapp.builtkey:obviously-a-fake-secret',
  ABLY_AUTH_SESSION_SECRET: SECRET,
  ABLY_AUTH_POLICY: JSON.stringify({ rules: [{ name: 'members', grant: { lobby: ['subscribe'] } }] }),
};
const ON_AWS = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' };

/** As Netlify hands a function its access. */
function blobsContext(port: number): string {
  const url = httpUrl(port);
  const context = { siteID: 'a-site', token: 'a-token', edgeURL: url, uncachedEdgeURL: url };
  return Buffer.from(JSON.stringify(context)).toString('base64');
}

const CASES: readonly (readonly [Target['name'], string, ServerCommand, (port: number) => Record<string, string>])[] = [
  ['aws-lambda', 'Redis', redisServer(), (port) => ({ ABLY_AUTH_STORE: redisUrl(port) })],
  [
    'aws-lambda',
    'DynamoDB',
    dynalite,
    (port) => ({ ABLY_AUTH_STORE: `dynamodb:${TABLE}`, AWS_ENDPOINT_URL_DYNAMODB: httpUrl(port), ...ON_AWS }),
  ],
  [
    'netlify',
    'Netlify Blobs',
    blobsServer,
    (port) => ({ ABLY_AUTH_STORE: 'netlify-blobs:records', NETLIFY_BLOBS_CONTEXT: blobsContext(port) }),
  ],
];

describe('a built function', () => {
  let built: Built;
  beforeAll(async () => {
    built = await buildArtefacts();
  }, BUILDING_TAKES_AT_MOST_MS);
  afterAll(() => built?.remove());

  it.each(CASES)('%s asks the gate in %s', async (name, _, command, settings) => {
    const server = await startServer(command);
    const artefact = await runArtefact(built.of(name), { ...SETTINGS, ...settings(server.port) });
    const [cookie = ''] = createSessionCookies({ secrets: [SECRET] })
      .write({ subject: 'ada', lifetimeSeconds: 7_200 }, Date.now())
      .split(';');
    const ask = async (): Promise<number> => (await fetch(artefact.url, { headers: { cookie } })).status;
    try {
      expect(await ask()).toBe(200);
      await server.kill();
      expect(await ask()).toBe(503);
      await server.start();
      expect(await ask()).toBe(200);
      const log = artefact.log().join('\n');
      expect(log).toContain('store-unavailable');
      expect(log).not.toMatch(/hunter2|a-token|127\.0\.0\.1/);
    } finally {
      await artefact.stop();
      await server.stop();
    }
  });
});
