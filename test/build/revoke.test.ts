/**
 * The built functions that revoke, in child processes: with Ably's SDK as it is bundled, against a local Ably service.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AblyService, startAblyService } from '../../dev/ably-service/ably-service.ts';
import { createSessionCookies } from '../../index.ts';
import { STAGE_KEY } from '../stage.ts';
import { BUILDING_TAKES_AT_MOST_MS, type Built, type RunningArtefact, runArtefact, sharedArtefacts } from './built.ts';

const SECRET = 'an obviously fake secret of 32 bytes or more';
const POLICY = JSON.stringify({
  rules: [
    { name: 'members', grant: { 'room:*': ['publish'] }, clientId: '{sub}' },
    { name: 'operators', when: { claims: { role: 'operator' } }, grant: {}, mayRevoke: 'anyone' },
  ],
});
const OUR_PAGE = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };

let built: Built;
let service: AblyService;
let cookie: string;

beforeAll(async () => {
  const key = { ...STAGE_KEY, revocableTokens: true };
  [built, service] = await Promise.all([sharedArtefacts(), startAblyService({ keys: [key] })]);
  const sealed = createSessionCookies({ secrets: [SECRET] }).write(
    { subject: 'olga', lifetimeSeconds: 7_200, claims: { role: 'operator' } },
    Date.now(),
  );
  cookie = sealed.split(';')[0] ?? '';
}, BUILDING_TAKES_AT_MOST_MS);
afterAll(async () => {
  await service.close();
  await built.remove();
});

function start(name: 'aws-lambda-revoke' | 'vercel-revoke' | 'netlify-revoke'): Promise<RunningArtefact> {
  return runArtefact(built.of(name), {
    ABLY_API_KEY: `${STAGE_KEY.name}:${STAGE_KEY.secret}`,
    ABLY_AUTH_SESSION_SECRET: SECRET,
    ABLY_AUTH_POLICY: POLICY,
    ABLY_AUTH_STORE: 'memory',
    ABLY_ENDPOINT: service.host,
    ABLY_PORT: String(service.port),
    ABLY_TLS: 'false',
  });
}

describe.each(['vercel-revoke', 'netlify-revoke'] as const)('the built function %s', (name) => {
  it('revokes and bans for an operator, and for nobody else', async () => {
    const artefact = await start(name);
    try {
      const body = JSON.stringify({ targets: ['clientId:bob'], ban: '1h' });
      const post = (headers: Record<string, string>) => fetch(artefact.url, { method: 'POST', headers, body });
      const done = await post({ ...OUR_PAGE, cookie });
      expect(await done.json()).toMatchObject({
        successCount: 1,
        results: [{ target: 'clientId:bob', gate: 'banned', revoked: [{ keyName: STAGE_KEY.name }] }],
      });
      expect([done.status, (await post(OUR_PAGE)).status, (await fetch(artefact.url)).status]).toEqual([200, 401, 405]);
      expect(artefact.log().some((line) => line.includes('"revoked"'))).toBe(true);
      expect(artefact.log().join('\n')).not.toMatch(/fake secret|obviously-a-fake-secret|olga/);
    } finally {
      await artefact.stop();
    }
  });
});

describe('the built function aws-lambda-revoke', () => {
  it('answers as the shipped config lets it: nobody may revoke there', async () => {
    const artefact = await start('aws-lambda-revoke');
    try {
      expect(artefact.parameters).toBe(2);
      const body = JSON.stringify({ targets: ['clientId:bob'] });
      const response = await fetch(artefact.url, { method: 'POST', headers: { ...OUR_PAGE, cookie }, body });
      expect([response.status, (await fetch(artefact.url)).status]).toEqual([403, 405]);
      expect(await response.text()).toContain('No rule lets you revoke');
    } finally {
      await artefact.stop();
    }
  });
});
