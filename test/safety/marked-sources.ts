/**
 * Every kind of source, asked well and badly, with what nobody may log marked in all of it; and what the other happenings of
 * marked-happenings.ts share with these.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type AuthEvent,
  type AuthRequest,
  anonymous,
  custom,
  guest,
  type IdentitySource,
  introspect,
  oidc,
  platformIdentity,
  session,
  sharedSecretJwt,
} from '../../index.ts';
import { authRequest, SESSION_SECRET, sessionCookie, testEndpoint } from '../core/auth-request.ts';

/** In every secret, credential, claim, subject and wish below, and in no name of ours. */
export const MARK = 'canary';

const LONG = `${MARK}-secret-of-32-bytes-or-more-0123456789`;
const jwtOf = (claims: object): string =>
  [
    'eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ',
    Buffer.from(JSON.stringify(claims)).toString('base64url'),
    `${MARK}-signature`,
  ].join('.');

/** On every request: what a proxy, a tracer or an attacker may add. */
export const NOISE = {
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  tracestate: `vendor=${MARK}`,
  baggage: `user=${MARK}`,
  'user-agent': `Mozilla/5.0 ${MARK}`,
  'x-api-key': `${MARK}-api-key`,
  referer: `https://app.example/?token=${MARK}`,
};
export const COOKIE = sessionCookie({
  subject: `${MARK}-subject`,
  sessionId: `${MARK}-session`,
  claims: { team: `${MARK}-team`, role: 'operator' },
});
export const request = (written: Parameters<typeof authRequest>[0] = {}): AuthRequest =>
  authRequest({ ...written, headers: { ...NOISE, ...written.headers } });
const bearer = (token: string) => request({ headers: { authorization: `Bearer ${token}` } });

export const RULES = [
  { name: 'visitors', when: { kind: 'anonymous' as const }, grant: { news: ['subscribe' as const] } },
  {
    name: 'members',
    grant: { 'team:{team}': ['publish' as const], lobby: ['subscribe' as const] },
    mayRevoke: 'self' as const,
  },
  { name: 'operators', when: { claims: { role: 'operator' } }, grant: {}, mayRevoke: 'anyone' as const },
];

export interface Happening {
  readonly name: string;
  readonly requests: readonly AuthRequest[];
  readonly events: readonly AuthEvent[];
  /** What was answered, body and headers: a credential among it must not be logged either. */
  readonly answers: readonly string[];
}

type Options = NonNullable<Parameters<typeof testEndpoint>[0]>;

export async function happening(name: string, options: Options, requests: readonly AuthRequest[]): Promise<Happening> {
  const endpoint = testEndpoint({ rules: RULES, ...options });
  const answers: string[] = [];
  for (const asked of requests) answers.push(JSON.stringify(await endpoint.handle(asked)));
  return { name, requests, events: endpoint.events, answers };
}

/** Every kind of source, asked well and badly. */
export async function everySource(): Promise<readonly Happening[]> {
  const good = await startApp((res) => {
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify({ user: { id: `${MARK}-id`, team: `${MARK}-team` } }));
  });
  const refusing = await startApp((res) => res.writeHead(500).end(`cannot check ${MARK}`));
  const client = { id: 'us', secret: `${MARK}-client-secret` };
  const throwing = custom({
    name: 'own',
    from: { header: 'x-own' },
    identify: () => {
      throw new Error(`cannot read ${MARK}`, { cause: new Error(MARK) });
    },
  });
  const all: readonly (readonly [string, IdentitySource, readonly AuthRequest[]])[] = [
    [
      'session',
      session({ secrets: [SESSION_SECRET] }),
      [request({ cookies: [COOKIE] }), request({ cookies: [[COOKIE[0], `${MARK}.${MARK}`]] })],
    ],
    ['guest', guest({ secrets: [LONG] }), [request(), request({ headers: { 'x-ably-auth-guest': `v1.${MARK}` } })]],
    [
      'a session endpoint',
      introspect({ url: good.url, forward: 'authorization', subject: 'user.id', claims: { team: 'user.team' } }),
      [bearer(`${MARK}-token`)],
    ],
    [
      'a session endpoint that fails',
      introspect({ url: refusing.url, forward: { cookies: ['sid'] }, subject: 'user.id' }),
      [request({ cookies: [['sid', MARK]] })],
    ],
    [
      'token introspection',
      introspect({ url: refusing.url, client, require: { aud: 'x' } }),
      [bearer(`${MARK}-token`)],
    ],
    [
      'introspection out of reach',
      introspect({ url: 'http://127.0.0.1:9/', client, require: { aud: 'x' } }),
      [bearer(`${MARK}-token`)],
    ],
    [
      'a provider out of reach',
      oidc({ issuer: 'http://127.0.0.1:9', audience: 'app' }),
      [bearer(jwtOf({ iss: 'http://127.0.0.1:9', aud: 'app', sub: MARK })), bearer(MARK)],
    ],
    [
      'shared secrets',
      sharedSecretJwt({ secrets: [LONG], issuer: 'us', audience: 'app' }),
      [bearer(jwtOf({ sub: MARK })), bearer(`${MARK}.x.y`)],
    ],
    [
      'a gateway',
      platformIdentity({ from: 'jwt' }),
      [request({ platform: { verifiedBy: 'jwt', verifiedClaims: { sub: `${MARK}\n`, email: MARK } } })],
    ],
    ['one of their own that throws', throwing, [request({ headers: { 'x-own': MARK } })]],
  ];
  const happened = await Promise.all(
    all.map(([name, source, requests]) =>
      happening(`source: ${name}`, { sources: [source, ...(name === 'guest' ? [] : [anonymous()])] }, requests),
    ),
  );
  for (const app of [good, refusing]) await app.close();
  return happened;
}

async function startApp(answer: (res: ServerResponse) => void) {
  const server = createServer((_req, res) => answer(res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/session`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
