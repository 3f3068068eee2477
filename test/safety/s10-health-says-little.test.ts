import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiKey } from '../../core/keys/api-key.ts';
import { KeySourceError } from '../../core/keys/key-source.ts';
import { authRequest, KEY_NAME, KEY_SECRET, SESSION_SECRET, testEndpoint, testKey } from '../core/auth-request.ts';
import { hostileRequests } from '../property/hostile-requests.ts';
import { tellEverything } from './naive/health-tells-everything.ts';
import { RULES } from './support.ts';

const OPERATOR_SECRET = 'a-fake-operator-secret-of-32-bytes-or-more';
const STORE_PASSWORD = 'hunter2-of-the-store';
const TEXT_OF_THE_STORE = 'text-of-the-store-91c2';
const env = {
  ABLY_AUTH_OPERATOR_SECRET: OPERATOR_SECRET,
  ABLY_AUTH_SESSION_SECRET: SESSION_SECRET,
  ABLY_AUTH_STORE: `redis://default:${STORE_PASSWORD}@store.example:6379`,
};
const SECRETS = [OPERATOR_SECRET, SESSION_SECRET, STORE_PASSWORD, KEY_SECRET, TEXT_OF_THE_STORE];
const AS_OPERATOR = { authorization: `Bearer ${OPERATOR_SECRET}` };

const ask = (headers = {}) => authRequest({ query: { health: '' }, headers });
const away = async (): Promise<never> => {
  throw new KeySourceError('unreachable', 'ABLY_API_KEY', 'The store did not answer.', 'Look at it.', {
    cause: new Error(TEXT_OF_THE_STORE),
  });
};
const unreadable = async (): Promise<never> => {
  throw new Error(TEXT_OF_THE_STORE);
};

const ENDPOINTS = {
  'one that is well': () => testEndpoint({ env, rules: RULES }),
  'one whose key store is away': () => testEndpoint({ env, rules: RULES, loadCurrent: away }),
  'one whose key store breaks its word': () => testEndpoint({ env, rules: RULES, loadCurrent: unreadable }),
  'one that is misconfigured': () => testEndpoint({ env, rules: [] }),
  'one whose own secret is none': () =>
    testEndpoint({ env: { ...env, ABLY_AUTH_OPERATOR_SECRET: `${OPERATOR_SECRET},short` }, rules: RULES }),
};

describe('S10 health says little', () => {
  it('everything is said, to anybody, where what helps whoever deploys is simply printed', async () => {
    const deployed = { ...env, ABLY_API_KEY: `${KEY_NAME}:${KEY_SECRET}` };
    const told = await tellEverything(deployed, unreadable);
    for (const secret of SECRETS.filter((text) => text !== KEY_SECRET)) expect(told).toContain(secret);
    // And its hash lets whoever has another list of keys find this one in it.
    expect(told).toContain(createHash('sha256').update(`${KEY_NAME}:${KEY_SECRET}`).digest('hex'));
  });

  it.each(Object.entries(ENDPOINTS))('to anybody, %s says one word', async (_, open) => {
    const endpoint = open();
    const response = await endpoint.handle(ask());
    expect(response.body).toMatch(/^\{"status":"(ok|misconfigured)"\}$/);
    // The same word as every other request gets, so that nothing is learnt by asking here.
    const other = await endpoint.handle(authRequest());
    if (response.status === 503) expect(other.status).toBe(503);
  });

  it.each(Object.entries(ENDPOINTS))('to an operator, %s says no secret in any spelling', async (_, open) => {
    const endpoint = open();
    await endpoint.handle(authRequest());
    const response = await endpoint.handle(ask(AS_OPERATOR));
    const said = JSON.stringify([response, endpoint.events, endpoint.problems]);
    expect(response.body).not.toMatch(/^\{"status":"\w+"\}$/);
    for (const secret of SECRETS) {
      expect(said).not.toContain(secret);
      for (const hash of ['sha1', 'sha256', 'sha512', 'md5']) {
        for (const encoding of ['hex', 'base64', 'base64url'] as const) {
          expect(said).not.toContain(createHash(hash).update(secret).digest(encoding).slice(0, 8));
        }
      }
      expect(said).not.toContain(Buffer.from(secret).toString('base64url'));
    }
  });

  it('whatever else a request says, it never gets a credential, and never more than the word without the secret', async () => {
    await fc.assert(
      fc.asyncProperty(hostileRequests, fc.constantFrom('GET', 'POST', 'HEAD', 'PUT'), async ({ request }, method) => {
        const endpoint = testEndpoint({ env, rules: RULES, loadCurrent: async () => testKey() });
        const query = [...request.query, ['health', ''] as const];
        const { status, body, cookies } = await endpoint.handle({ ...request, method, query });
        expect([200, 401, 405]).toContain(status);
        expect(cookies).toEqual([]);
        if (status === 200) expect(body).toBe(method === 'HEAD' ? '' : '{"status":"ok"}');
        else expect(JSON.parse(body || '{}')).toHaveProperty('error.code');
        expect(body).not.toMatch(/"mac"|"keyName"/);
        expect(endpoint.events.filter(({ kind }) => kind === 'issued' || kind === 'key')).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('its fingerprint of a key tells two secrets under one name apart, and is short', async () => {
    const fingerprintOf = async (secret: string) => {
      const key = new ApiKey('appid', 'keyid', secret);
      const endpoint = testEndpoint({ env, rules: RULES, loadCurrent: async () => key });
      const { body } = await endpoint.handle(ask(AS_OPERATOR));
      return (JSON.parse(body) as { key: { current: { fingerprint: string } } }).key.current.fingerprint;
    };
    const fingerprint = await fingerprintOf(KEY_SECRET);
    expect(fingerprint).toMatch(/^[\w-]{8}$/);
    expect(await fingerprintOf(`${KEY_SECRET}x`)).not.toBe(fingerprint);
  });
});
