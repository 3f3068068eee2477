/** What is done to tokens to get in with them, each attack first against a verifier that trusts the token's header. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oidc } from '../../index.ts';
import { jsonOf, NOW_MS, type TestEndpoint, testEndpoint } from '../core/auth-request.ts';
import { createAttacks, EC, MALLORYS, MARK, RSA, WEAK } from './fixtures/attacks.ts';
import {
  AUDIENCE,
  bearer,
  type LocalProvider,
  NOW_SECONDS,
  refusalOf,
  startProvider,
  writeToken,
} from './local-provider.ts';
import { whoIsIt } from './naive/trusts-the-header.ts';

const NAIVE_KEYS = [RSA, EC, WEAK].map(({ kid, publicKey }) => ({
  kid,
  pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
}));

const RULES = [{ name: 'members', grant: { 'room:*': ['subscribe' as const] } }];

let provider: LocalProvider;
let mallorysServer: LocalProvider;
let endpoint: TestEndpoint;

beforeAll(async () => {
  provider = await startProvider([RSA, EC, WEAK], true);
  mallorysServer = await startProvider([MALLORYS], true);
  endpoint = testEndpoint({ sources: [source()], rules: RULES });
});
afterAll(async () => {
  await provider.close();
  await mallorysServer.close();
});

const ATTACKS = createAttacks(() => ({ provider, mallorysServer }));

function source() {
  return oidc({ issuer: provider.issuer, audience: AUDIENCE });
}

const claims = (changes: Readonly<Record<string, unknown>> = {}) => provider.claims({ email: MARK, ...changes });
const withClaims = (changes: Readonly<Record<string, unknown>>): string => writeToken(RSA, { claims: claims(changes) });

describe('a token in order', () => {
  it.each([
    ['with an audience', {}],
    ['with ours among several audiences', { aud: ['https://other.example', AUDIENCE] }],
    ['whose issuer’s clock is 30 seconds ahead', { iat: NOW_SECONDS + 30, nbf: NOW_SECONDS + 30 }],
    ['without a time of issue', { iat: undefined }],
    ['with claims that nest', { a: { b: { c: { d: { e: { f: ['{"x":1}:', '\\":'] } } } } } }],
    ['with names that mean something elsewhere', { constructor: 'x', toString: 1, __proto__x: 2 }],
  ])('lets its caller in: %s', async (_, changes) => {
    const response = await endpoint.handle(bearer(withClaims(changes)));
    expect(jsonOf(response)).toMatchObject({ clientId: 'bob', capability: '{"room:*":["subscribe"]}' });
  });

  it('has its own `__proto__`, which is no prototype', async () => {
    const text = JSON.stringify(claims()).replace('{', '{"__proto__":{"role":"admin"},');
    const admin = testEndpoint({
      sources: [source()],
      rules: [{ name: 'admins', when: { claims: { role: 'admin' } }, grant: { '[meta]x': ['subscribe'] } }],
    });
    const response = await admin.handle(bearer(writeToken(RSA, { claimsText: text })));
    expect(refusalOf(admin, response)).toMatchObject({ status: 403, reason: 'no-rule' });
  });
});

describe('S17: an attack with a token', () => {
  it.each(ATTACKS)('%s: 401, and the log holds nothing of it', async (_, write, detail) => {
    const token = write();
    const response = await endpoint.handle(bearer(token));
    expect(refusalOf(endpoint, response)).toMatchObject({ status: 401, code: 40101, reason: 'bad-credential' });
    const event = JSON.stringify(endpoint.events.at(-1));
    expect(event).toMatch(detail);
    expect(event).not.toContain(MARK);
    for (const piece of token.split('.').filter(({ length }) => length > 8)) {
      expect(event + response.body + JSON.stringify(response.headers)).not.toContain(piece);
    }
  });

  it('is 401 as well when the token has only expired, under its own reason', async () => {
    for (const exp of [NOW_SECONDS, NOW_SECONDS - 1, NOW_SECONDS - 86_400, 0]) {
      const response = await endpoint.handle(bearer(withClaims({ exp, iat: 0 })));
      expect(refusalOf(endpoint, response)).toMatchObject({ status: 401, reason: 'expired-credential' });
    }
  });

  it('works against a verifier that trusts the header, or does not even mislead that one', async () => {
    const fallenFor: string[] = [];
    for (const [name, write] of ATTACKS) {
      const subject = await whoIsIt(write(), NAIVE_KEYS, NOW_MS).catch(() => undefined);
      if (subject !== undefined) fallenFor.push(name);
    }
    expect(fallenFor).toEqual(ATTACKS.filter(([, , , naiveFalls]) => naiveFalls).map(([name]) => name));
  });

  it('never makes us ask anybody but the provider', () => {
    expect(mallorysServer.asked.filter((path) => path !== '/keys')).toEqual([]);
    // Those are the naive one's.
    expect(mallorysServer.asked.length).toBeLessThanOrEqual(1);
    expect(new Set(provider.asked)).toEqual(new Set(['/.well-known/openid-configuration', '/keys']));
  });
});
