/** Each provider's token lets its caller in; the same provider's token for another app does not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PresetOptions } from '../../adapters/identity/provider-source.ts';
import { PROVIDERS, type ProviderName } from '../../adapters/identity/providers.ts';
import { ADDRESS_BOOK } from '../../adapters/identity/safe-address.ts';
import type { AsymmetricAlgorithm } from '../../adapters/identity/token-rules.ts';
import {
  alb,
  anonymous,
  auth0,
  cloudflareAccess,
  cognito,
  entra,
  firebase,
  type Identity,
  type IdentitySource,
  keycloak,
  supabaseSecret,
  workos,
} from '../../index.ts';
import { authRequest, jsonOf, NOW_MS, testEndpoint } from '../core/auth-request.ts';
import { audience, PRESETS, type Preset, pool, SECRET } from './fixtures/presets.ts';
import { ALB_KID, type ProviderToken, TOKENS } from './fixtures/provider-tokens.ts';
import {
  base64url,
  hmacToken,
  type LocalProvider,
  NOW_SECONDS,
  type SigningKey,
  signature,
  signingKey,
  startProvider,
} from './local-provider.ts';

const KEYS = new Map<string, SigningKey>();
let host: LocalProvider;

/** Every provider's addresses lead to one server; it sees which one was meant. */
const atHost: PresetOptions = { [ADDRESS_BOOK]: (url) => `${host.issuer}/?${url}` };

beforeAll(async () => {
  host = await startProvider([], true);
  for (const { header } of Object.values<ProviderToken>(TOKENS)) {
    const { alg, kid } = header as { readonly alg: string; readonly kid?: string };
    if (kid && alg !== 'HS256') KEYS.set(kid, signingKey(kid, alg as AsymmetricAlgorithm));
  }
  host.answer = (req, res) => {
    const kidOfAlb = /^\/\?https:\/\/public-keys\.auth\.elb\.eu-west-1\.amazonaws\.com\/(.*)$/.exec(req.url ?? '')?.[1];
    if (kidOfAlb === undefined) res.end(JSON.stringify({ keys: [...KEYS.values()].map(({ jwk }) => jwk) }));
    else res.end(KEYS.get(kidOfAlb)?.publicKey.export({ type: 'spki', format: 'pem' }));
  };
});
afterAll(() => host.close());

function write({ token, header }: Preset, changes: Partial<ProviderToken> = {}): string {
  const claims = JSON.stringify({ ...token.claims, ...changes.claims });
  const head = { ...token.header, ...changes.header };
  if (head.alg === 'HS256') return hmacToken(SECRET, head, JSON.parse(claims));
  const key = KEYS.get(String(token.header.kid));
  if (!key) throw new Error('There is no key for this token');
  const parts = [JSON.stringify(head), claims].map((text) => {
    // The load balancers pad, and sign the padding.
    return header === 'x-amzn-oidc-data' ? standardBase64(text) : base64url(text);
  });
  const signed = signature(parts.join('.'), key.privateKey, String(key.alg));
  return [...parts, header === 'x-amzn-oidc-data' ? standardBase64(signed) : base64url(signed)].join('.');
}

/** base64url, padded. */
function standardBase64(text: string | Uint8Array): string {
  return Buffer.from(text).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

async function verify(preset: Preset, text: string) {
  const source = preset.source(atHost);
  expect(source.problems).toEqual([]);
  const { header = 'authorization' } = preset;
  const request = authRequest({ headers: { [header]: preset.header ? text : `Bearer ${text}` } });
  const context = { nowMs: NOW_MS, secureCookies: true };
  expect(source.carriesCredential(request, context)).toBe(true);
  return source.verify(request, context);
}

const rows = Object.entries(PRESETS);

describe('a preset', () => {
  it.each(rows)('%s lets in who has its provider’s token', async (_, preset) => {
    const verdict = await verify(preset, write(preset));
    expect(verdict).toMatchObject({ kind: 'identified', identity: { subject: preset.subject, kind: 'user' } });
    const { sessionId } = (verdict as { readonly identity: Identity }).identity;
    if (preset.sessionId) expect(sessionId).toBe(preset.sessionId);
  });

  it.each(
    rows.flatMap(([name, preset]) =>
      Object.entries(preset.forOthers).map(([who, changes]) => ({ name, who, preset, changes })),
    ),
  )('$name refuses the token of $who', async ({ preset, changes }) => {
    expect(await verify(preset, write(preset, changes))).toMatchObject({ kind: 'rejected', reason: 'bad-credential' });
  });

  it.each(rows.filter(([, { guest }]) => guest))(
    '%s takes who is signed in without a name for a guest',
    async (_, preset) => {
      const verdict = await verify(preset, write(preset, { claims: preset.guest ?? {} }));
      expect(verdict).toMatchObject({ kind: 'identified', identity: { subject: preset.subject, kind: 'guest' } });
    },
  );

  it.each(rows)('%s refuses an ended token, and one of another key', async (_, preset) => {
    const ended = { exp: NOW_SECONDS - 1 };
    const changes = preset.header === 'x-amzn-oidc-data' ? { header: ended } : { claims: ended };
    expect(await verify(preset, write(preset, changes))).toMatchObject({ reason: 'expired-credential' });
    const flipped = write(preset).replace(
      /\.([^.])([^.]+)$/,
      (_all, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`,
    );
    expect(await verify(preset, flipped)).toMatchObject({ kind: 'rejected' });
  });

  it('asks at the address of its row', async () => {
    const asked = host.asked.map((path) => decodeURI(path.slice(2)));
    const patterns = Object.values(PROVIDERS).map(({ keys }) => {
      const escaped = keys.replace(/[.?]/g, '\\$&').replace('{url}', 'https://sso\\.example');
      return new RegExp(`^${escaped.replace(/\{\w+\}/g, '[\\w.-]+')}$`);
    });
    expect(asked.filter((address) => !patterns.some((pattern) => pattern.test(address)))).toEqual([]);
    expect(patterns.filter((pattern) => !asked.some((address) => pattern.test(address)))).toEqual([]);
  });

  it('is there for every row, and every row says where it comes from', () => {
    const tried = new Set(rows.map(([name]) => name.split(',')[0]));
    const names = Object.keys(PROVIDERS) as ProviderName[];
    expect(names.filter((name) => !tried.has(name))).toEqual([]);
    for (const name of names) {
      expect(PROVIDERS[name].page).toMatch(/^https:\/\//);
      expect(PROVIDERS[name].quirk).toMatch(/\.$/);
    }
  });
});

describe('a session that lives on after its token', () => {
  it.each<[string, Preset | undefined, boolean]>([
    ['clerk', PRESETS.clerk, true],
    ['alb', PRESETS.alb, true],
    ['auth0', PRESETS.auth0, false],
  ])('%s', async (_, preset, livesOn) => {
    if (!preset) throw new Error('There is no such preset');
    const { identity } = (await verify(preset, write(preset))) as { readonly identity: Identity };
    expect(identity.expiresAtMs === undefined).toBe(livesOn);
  });
});

describe('a header that a proxy writes after looking at a cookie', () => {
  it.each(['alb', 'cloudflareAccess'])('is ambient: %s', (name) => {
    expect(PRESETS[name]?.source(atHost).ambient).toBe(true);
  });
});

describe('the headers of a load balancer', () => {
  const endpoint = () => {
    const source = PRESETS.alb?.source(atHost);
    if (!source) throw new Error('There is no such preset');
    const visitors = {
      name: 'visitors',
      when: { kind: 'anonymous' as const },
      grant: { lobby: ['subscribe' as const] },
    };
    return testEndpoint({
      sources: [source, anonymous()],
      rules: [visitors, { name: 'all', grant: { room: ['subscribe'] } }],
    });
  };

  it('that are not signed are nobody', async () => {
    const headers = {
      'x-amzn-oidc-identity': 'admin',
      'x-amzn-oidc-accesstoken': 'admin',
      'x-forwarded-user': 'admin',
    };
    expect(jsonOf(await endpoint().handle(authRequest({ headers })))).not.toHaveProperty('clientId');
  });

  it('do not count where a foreign site caused the request (S14)', async () => {
    if (!PRESETS.alb) throw new Error('There is no such preset');
    const headers = { 'x-amzn-oidc-data': write(PRESETS.alb), 'x-forwarded-host': 'app.example' };
    expect((await endpoint().handle(authRequest({ headers }))).status).toBe(200);
    const foreign = { ...headers, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await endpoint().handle(authRequest({ headers: foreign }))).status).toBe(403);
  });
});

describe('a preset that leads elsewhere', () => {
  it.each<[string, IdentitySource]>([
    ['auth0({ domain })', auth0({ domain: 'tenant.eu.auth0.example/evil', audience })],
    ['auth0({ domain })', auth0({ domain: 'evil.example#', audience })],
    ['auth0({ domain })', auth0({ domain: 'https://tenant.example', audience })],
    ['auth0({ audience })', auth0({ domain: 'tenant.eu.auth0.example', audience: '' })],
    ['cognito({ region })', cognito({ ...pool, region: 'evil.example/' })],
    ['cognito({ userPoolId })', cognito({ ...pool, userPoolId: '../other' })],
    ['cognito({ clientId })', cognito({ ...pool, clientId: [] })],
    ['firebase({ projectId })', firebase({ projectId: '' })],
    ['entra({ tenant })', entra({ tenants: ['common'], audience })],
    ['entra({ tenants })', entra({ tenants: [], audience })],
    ['workos({ clientId })', workos({ clientId: '../client' })],
    ['keycloak({ url })', keycloak({ url: 'http://sso.example', realm: 'a', audience })],
    ['keycloak({ url })', keycloak({ url: 'https://sso.example/', realm: 'a', audience })],
    ['keycloak({ realm })', keycloak({ url: 'https://sso.example', realm: 'a/b', audience })],
    ['cloudflareAccess({ team })', cloudflareAccess({ team: 'evil.example/', audience })],
    [
      'alb({ loadBalancerArn })',
      alb({ loadBalancerArn: 'arn:aws:s3:::x', issuer: 'https://id.example', clientId: 'c' }),
    ],
    ['supabaseSecret({ secrets })', supabaseSecret({ secrets: ['short'], project: 'x.supabase.co' })],
  ])('has a problem: %s', (setting, { problems }) => {
    expect(problems.map((problem) => problem.setting)).toContain(setting);
  });
});

describe('the keys of load balancers', () => {
  const call = (source: IdentitySource, text: string, nowMs: number) =>
    source.verify(authRequest({ headers: { 'x-amzn-oidc-data': text } }), { nowMs, secureCookies: true });

  it('are asked for once a second at most when strangers make them up, and an unknown one is 401', async () => {
    const preset = PRESETS.alb;
    if (!preset) throw new Error('There is no such preset');
    const source = preset.source(atHost);
    const strangers = write(preset, { header: { kid: ALB_KID.replace('1', 'f') } });
    const before = host.asked.length;
    host.answer = (_req, res) => res.writeHead(404).end();
    expect(await call(source, strangers, NOW_MS)).toMatchObject({ kind: 'rejected' });
    expect(await call(source, write(preset), NOW_MS + 999)).toMatchObject({ kind: 'unavailable' });
    expect(host.asked.length - before).toBe(1);
    host.answer = (_req, res) => res.writeHead(503).end();
    expect(await call(source, write(preset), NOW_MS + 1_000)).toMatchObject({ kind: 'unavailable' });
  });
});
