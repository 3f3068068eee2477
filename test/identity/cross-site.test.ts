/**
 * Attacks on credentials that a browser attaches by itself, through the reader of every host, against every source that
 * reads a cookie: S13, S14 and S15 for the sources of others (custom, introspect, guests, gateways). What each rule means
 * for the session cookie alone is in test/safety.
 */
import { describe, expect, it } from 'vitest';
import {
  type AuthEvent,
  alb,
  anonymous,
  configureEndpoint,
  custom,
  guest,
  introspect,
  platformIdentity,
  session,
} from '../../index.ts';
import { everyHost } from '../adapters/hosts/every-host.ts';
import type { Host, WireRequest } from '../adapters/support/exchange.ts';
import {
  authRequest,
  cookieSentBack,
  SESSION_SECRET,
  sessionCookie,
  testEndpoint,
  testKey,
} from '../core/auth-request.ts';
import { RULES } from '../safety/support.ts';
import { sendJson, startApp } from './session-endpoint.ts';

const APP = 'https://app.example';
const ALL_RULES = [...RULES, { name: 'guests', when: { kind: 'guest' }, grant: { lobby: ['subscribe'] } }] as const;
const secrets = [SESSION_SECRET];

/** A host shows what it read to the endpoint, and the log shows what that made of it. */
function endpointOf(sources: Parameters<typeof testEndpoint>[0] & object) {
  const events: AuthEvent[] = [];
  const endpoint = configureEndpoint({
    definition: { build: () => ({ rules: ALL_RULES, allowedOrigins: [APP], sources: [], ...sources }) },
    env: {},
    keySource: {
      ok: true,
      source: {
        name: 'test',
        setting: 'ABLY_API_KEY',
        loadCurrent: async () => testKey(),
        loadPrevious: async () => undefined,
      },
    },
    onEvent: (event) => events.push(event),
  });
  expect(endpoint.problems).toEqual([]);
  return { endpoint, log: () => JSON.stringify(events) };
}

/** Every source with a cookie of its own, one that takes a header, and a record of who was asked about what. */
async function stage() {
  const asked: string[] = [];
  const app = await startApp((res, { headers }) => {
    asked.push(String(headers.cookie));
    sendJson(res, { id: 'ivy' });
  });
  const own = (name: string, from: Parameters<typeof custom>[0]['from']) =>
    custom({
      name,
      from,
      clientIdPrefix: `${name}:`,
      identify: ({ credential }) => {
        asked.push(credential);
        return { subject: credential };
      },
    });
  const sources = [
    own('bearer', 'authorization'),
    session({ secrets, clientIdPrefix: 'session:' }),
    own('app', { cookie: 'app-sid' }),
    introspect({ url: app.url, forward: { cookies: ['other-sid'] }, subject: 'id', clientIdPrefix: 'other:' }),
    guest({ secrets }),
  ];
  return { ...endpointOf({ sources }), asked };
}

const page = { 'sec-fetch-site': 'same-origin' };
const guestAnswer = await testEndpoint({ sources: [guest({ secrets })], rules: ALL_RULES, nowMs: Date.now }).handle(
  authRequest({ headers: page }),
);
const GUEST = cookieSentBack(guestAnswer.cookies[0] ?? '');
const SESSION = sessionCookie({ lifetimeSeconds: 7_200 }, Date.now());
const COOKIES = {
  session: SESSION.join('='),
  'a function’s': 'app-sid=planted-value',
  'an introspected': 'other-sid=planted-value',
  'a guest’s': GUEST.join('='),
};
const EVERY_COOKIE = Object.entries(COOKIES);

const get = (headers: Readonly<Record<string, string>>, more: WireRequest['headers'] = []): WireRequest => ({
  method: 'GET',
  headers: [...Object.entries(headers), ...more],
});

const FOREIGN_PAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'another site': { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
  'Origin null': { origin: 'null' },
  'Origin null that claims to be ours': { origin: 'null', 'sec-fetch-site': 'same-origin' },
  'a host that ends like ours': { origin: 'https://evilapp.example' },
  'a host that begins like ours': { origin: 'https://app.example.evil.example' },
  'a host with ours for a user name': { origin: 'https://app.example@evil.example' },
  'our host on another port': { origin: 'https://app.example:8443' },
  'our host without TLS': { origin: 'http://app.example' },
  'a subdomain of ours': { origin: 'https://x.app.example', 'sec-fetch-site': 'same-site' },
  'two origins in one': { origin: `${APP}, https://evil.example` },
  'a picture on another site': { 'sec-fetch-site': 'cross-site' },
  'a picture on a subdomain': { 'sec-fetch-site': 'same-site' },
  'a site that browsers do not write so': { 'sec-fetch-site': 'Same-Origin' },
  'two sites in one': { 'sec-fetch-site': 'same-origin, cross-site' },
  'a foreign page behind a lying Host': { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' },
  'a foreign page behind lying proxies': {
    origin: 'https://evil.example',
    'x-forwarded-host': 'app.example',
    'x-forwarded-proto': 'https',
    'x-original-host': 'app.example',
    forwarded: 'for=127.0.0.1;host=app.example;proto=https',
    referer: `${APP}/`,
  },
};

const ofHosts = (only: (host: Host) => boolean = () => true) =>
  everyHost.filter(only).map((host) => [host.name, host] as const);

describe.each(ofHosts())('%s', (_, host) => {
  it('takes each cookie from our own page and from a listed one', async () => {
    const { endpoint } = await stage();
    for (const [, cookie] of EVERY_COOKIE) {
      for (const headers of [page, { origin: APP }, {}]) {
        expect((await host.exchange(endpoint, get({ ...headers, cookie }))).status, cookie).toBe(200);
      }
    }
  });

  it.each(Object.entries(FOREIGN_PAGES))(
    'S14: %s is 403 with each cookie, and nobody looks at it',
    async (_, headers) => {
      const { endpoint, asked, log } = await stage();
      for (const [, cookie] of EVERY_COOKIE) {
        const answer = await host.exchange(endpoint, get({ ...headers, cookie }));
        expect([answer.status, answer.setCookies], cookie).toEqual([403, []]);
        expect(answer.headers.get('access-control-allow-origin')).toBeUndefined();
        expect(answer.headers.get('vary')).toBe('Origin');
      }
      expect(asked).toEqual([]);
      expect(log()).not.toContain('planted-value');
    },
  );

  it('S14: leaves no cookie behind for whoever does not say whose page asks', async () => {
    const { endpoint } = await stage();
    const { status, setCookies, headers } = await host.exchange(endpoint, get({}));
    expect([status, setCookies]).toEqual([200, []]);
    expect(headers.get('x-ably-auth-guest')).toMatch(/^v1\./);
    for (const foreign of Object.values(FOREIGN_PAGES)) {
      const answer = await host.exchange(endpoint, get(foreign));
      expect([answer.status, answer.setCookies, answer.headers.get('x-ably-auth-guest')]).toEqual([403, [], undefined]);
    }
  });

  it('writes the cookie of a guest as the platform has it', async () => {
    const { endpoint } = await stage();
    const { setCookies } = await host.exchange(endpoint, get(page));
    expect(setCookies).toHaveLength(1);
    expect(setCookies[0]).toMatch(
      /^__Host-ably-auth-guest=v1\.[^;]+; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure$/,
    );
  });

  it.each(EVERY_COOKIE)('S15: %s cookie twice, the planted one first or last, is 401', async (_, cookie) => {
    const { endpoint, asked, log } = await stage();
    const name = cookie.slice(0, cookie.indexOf('='));
    for (const planted of [`${name}=tossed`, cookie]) {
      for (const both of [`${planted}; ${cookie}`, `${cookie}; a=b; ${planted}`]) {
        const answer = await host.exchange(endpoint, get({ ...page, cookie: both }));
        expect(answer.status, both).toBe(401);
        expect(answer.setCookies.length).toBe(name.startsWith('__Host-') ? 1 : 0);
      }
    }
    expect(asked).toEqual([]);
    expect(log()).not.toContain('tossed');
  });

  it('S15: a cookie that a subdomain plants under a name like ours is not ours', async () => {
    const { endpoint, asked } = await stage();
    const [name, value] = GUEST;
    // Browsers guard the prefix `__Host-` in exactly this spelling, without a blank or a dot before it.
    for (const like of [
      name.toLowerCase(),
      name.toUpperCase(),
      `.${name}`,
      `\u00a0${name}`,
      'ably-auth-guest',
      'ably-auth-guest-dev',
    ]) {
      const { status, setCookies } = await host.exchange(endpoint, get({ ...page, cookie: `${like}=${value}` }));
      expect([status, setCookies.length], like).toEqual([200, 1]);
      expect(setCookies[0]).not.toContain(value);
    }
    for (const like of ['App-Sid', 'app-sid.x', 'xother-sid', 'other-sid.100']) {
      await host.exchange(endpoint, get({ ...page, cookie: `${like}=planted-value` }));
    }
    expect(asked).toEqual([]);
  });

  it('S2: two Authorization headers are 401, or one alone where the platform hides the other', async () => {
    const { endpoint, asked } = await stage();
    const two = get(page, [
      ['Authorization', 'Bearer one'],
      ['Authorization', 'Bearer two'],
    ]);
    expect((await host.exchange(endpoint, two)).status).toBe(host.repeatedHeaders === 'last' ? 200 : 401);
    expect(asked).toEqual(host.repeatedHeaders === 'last' ? ['two'] : []);
  });

  it('S17: no header makes anybody, whatever a gateway would write there', async () => {
    const token = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"admin"}').toString('base64url')}.`;
    const spoofed = {
      'x-amzn-oidc-identity': 'admin',
      'x-amzn-oidc-accesstoken': token,
      'x-amzn-requestcontext': '{"authorizer":{"claims":{"sub":"admin"}}}',
      'x-amzn-request-context': '{"authorizer":{"jwt":{"claims":{"sub":"admin"}}}}',
      'x-apigateway-event': '{"requestContext":{"authorizer":{"principalId":"admin"}}}',
      'x-nf-client-context': Buffer.from('{"user":{"sub":"admin"}}').toString('base64'),
      'x-forwarded-user': 'admin',
      'x-forwarded-email': 'admin@app.example',
      'x-ms-client-principal-name': 'admin',
      'x-goog-authenticated-user-id': 'admin',
      'cf-access-authenticated-user-email': 'admin@app.example',
      'x-vercel-oidc-token': token,
      'remote-user': 'admin',
    };
    const gateways = (['jwt', 'lambda', 'cognito', 'netlify'] as const).map((from) =>
      platformIdentity({ from, name: from, clientIdPrefix: `${from}:` }),
    );
    const { endpoint, log } = endpointOf({ sources: gateways });
    expect((await host.exchange(endpoint, get({ ...page, ...spoofed }))).status).toBe(401);
    expect(log()).not.toContain('admin');

    const arn = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/my-alb/0123456789abcdef';
    const behindAlb = alb({ loadBalancerArn: arn, issuer: 'https://login.example', clientId: 'client' });
    const withAlb = endpointOf({ sources: [behindAlb, anonymous()] });
    const header = Buffer.from(JSON.stringify({ alg: 'none', signer: arn, kid: '../../keys' })).toString('base64url');
    for (const data of [token, `${header}${token.slice(token.indexOf('.'))}`, 'admin']) {
      const request = get({ ...page, ...spoofed, 'x-amzn-oidc-data': data });
      expect((await host.exchange(withAlb.endpoint, request)).status).toBe(401);
    }
    expect(withAlb.log()).not.toContain('admin');
  });
});
