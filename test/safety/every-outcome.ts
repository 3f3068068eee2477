/**
 * One request for every way in which the endpoint can answer: each reason of the table of failures, each credential,
 * the preflight. For the rules that hold for every answer. A reason that nothing here provokes by itself (an identity
 * provider or a database that is out of reach) is what a source says.
 */
import type { AblyApi } from '../../core/ably.ts';
import { AuthFailure, FAILURES, type FailureReason } from '../../core/errors.ts';
import { KeySourceError } from '../../core/keys/key-source.ts';
import type { IssuedFormat } from '../../core/token/settled-params.ts';
import { type AuthConfig, type AuthRequest, type AuthResponse, anonymous, type Rule, session } from '../../index.ts';
import {
  authRequest,
  NOW_MS,
  SESSION_SECRET,
  sessionCookie,
  type TestEndpoint,
  testEndpoint,
} from '../core/auth-request.ts';
import { flipped, headerSource } from './support.ts';

export type OutcomeName = FailureReason | IssuedFormat | 'preflight';

export interface Outcome {
  readonly name: OutcomeName;
  readonly endpoint: TestEndpoint;
  readonly request: AuthRequest;
}

export const ALLOWED_ORIGIN = 'https://app.example';

/** What a caller may have in their session, so that a leak of it can be told from chance. */
export const CLAIMS = { team: 'claim-of-the-caller-91c2', nick: 'nick\nof-the-caller-91c2', none: '*' };
export const SUBJECT = 'subject-of-the-caller-91c2';
export const ASKED = 'asked-by-the-caller-91c2';
/** Text of an error that nobody expected. */
export const BUG_TEXT = 'text-of-the-bug-91c2';

export const EMBEDDED_SECRET = 'a-fake-secret-of-the-app-of-32-bytes-or-more';
/** What stands for Ably. */
export const ABLY_TOKEN = 'appid.a-literal-token-91c2';

const COOKIE = sessionCookie({ subject: SUBJECT, claims: CLAIMS });
export const BAD_COOKIE = [COOKIE[0], flipped(COOKIE[1], 40)] as const;
export const ENDED_COOKIE = sessionCookie({ subject: SUBJECT, lifetimeSeconds: 60 }, NOW_MS - 3_600_000);
export const GOOD_COOKIE = COOKIE;

const tokenOf: AblyApi['requestToken'] = async ({ ttl = 0, capability = '' }) => ({
  ...{ token: ABLY_TOKEN, issued: NOW_MS, expires: NOW_MS + ttl, capability, clientId: SUBJECT },
});

const rules: readonly Rule[] = [
  { name: 'visitors', when: { kind: 'anonymous' }, grant: { notifications: ['subscribe'] } },
  { name: 'members', grant: { 'team:{team}': ['subscribe'], 'none:{none}': ['subscribe'] }, clientId: '{sub}' },
];

/**
 * @param headers are on every request. An Origin that is allowed makes `cross-site` impossible: it is left out then.
 * @param more of every config
 */
export function everyOutcome(
  headers: Readonly<Record<string, string>> = {},
  more: Partial<AuthConfig> = {},
): readonly Outcome[] {
  const base = { rules, allowedOrigins: [ALLOWED_ORIGIN], ...more };
  const request = (written: Parameters<typeof authRequest>[0] = {}) =>
    authRequest({ cookies: [COOKIE], ...written, headers: { ...headers, ...written.headers } });
  const outcome = (name: OutcomeName, options: Parameters<typeof testEndpoint>[0], asked: AuthRequest): Outcome => ({
    name,
    endpoint: testEndpoint({ ...base, ...options }),
    request: asked,
  });
  const buggy = headerSource('buggy', 'x-buggy', {
    verify: () => {
      throw new Error(BUG_TEXT, { cause: new Error(BUG_TEXT) });
    },
  });
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`room:${index}`, ['publish' as const]]));
  const unreadable = (): never => {
    throw new KeySourceError('unreachable', 'ABLY_API_KEY', 'The store did not answer.', 'Look at it.');
  };
  const outcomes = [
    outcome('token-request', {}, request()),
    outcome('jwt', { tokenFormat: 'jwt' }, request()),
    outcome('ably-token', { tokenFormat: 'ably-token', ably: { requestToken: tokenOf } }, request()),
    outcome('embedded-jwt', { tokenFormat: 'embedded-jwt', embeddedJwt: { secret: EMBEDDED_SECRET } }, request()),
    outcome('preflight', {}, request({ method: 'OPTIONS', headers: { 'access-control-request-method': 'GET' } })),
    outcome('malformed-request', {}, request({ query: { capability: ASKED } })),
    outcome('method-not-allowed', {}, request({ method: 'DELETE' })),
    outcome('no-credential', { sources: [session({ secrets: [SESSION_SECRET] })] }, request({ cookies: [] })),
    outcome('bad-credential', {}, request({ cookies: [BAD_COOKIE] })),
    outcome('expired-credential', {}, request({ cookies: [ENDED_COOKIE] })),
    outcome('session-ending', { nowMs: () => NOW_MS + 7_130_000 }, request()),
    outcome('anonymous-not-allowed', { rules: rules.slice(1) }, request({ cookies: [] })),
    outcome('requested-capability-empty', {}, request({ query: { capability: `{"${ASKED}":["publish"]}` } })),
    outcome('no-rule', { rules: rules.slice(0, 1) }, request()),
    outcome('foreign-client-id', {}, request({ query: { clientId: ASKED } })),
    outcome(
      'unfit-client-id',
      { rules: [{ ...rules[1], name: 'x', grant: { a: ['publish'] }, clientId: '{nick}' }] },
      request(),
    ),
    outcome('key-unavailable', { loadCurrent: async () => unreadable() }, request()),
    outcome(
      'identity-provider-unavailable',
      { sources: [headerSource('away', 'x-away', { verify: () => ({ kind: 'unavailable', detail: 'away' }) })] },
      request({ headers: { 'x-away': ASKED } }),
    ),
    outcome('credential-too-large', { tokenFormat: 'jwt', rules: [{ name: 'x', grant: many }] }, request()),
    outcome('misconfigured', { rules: [] }, request()),
    outcome('internal', { sources: [buggy, anonymous()] }, request({ headers: { 'x-buggy': ASKED } })),
    outcome('cross-site', {}, request({ headers: { 'sec-fetch-site': 'cross-site' } })),
  ];
  const provoked = new Set<string>(outcomes.map(({ name }) => name));
  for (const reason of Object.keys(FAILURES) as FailureReason[]) {
    if (provoked.has(reason)) continue;
    const saying = headerSource('saying', 'x-saying', {
      verify: () => {
        throw new AuthFailure(reason, 'a detail');
      },
    });
    outcomes.push(outcome(reason, { sources: [saying] }, request({ headers: { 'x-saying': ASKED } })));
  }
  return headers.origin === ALLOWED_ORIGIN ? outcomes.filter(({ name }) => name !== 'cross-site') : outcomes;
}

/** The answer, beside the reason that the log gives for it. */
export async function answerOf({ endpoint, request }: Outcome): Promise<{ response: AuthResponse; name: OutcomeName }> {
  const response = await endpoint.handle(request);
  for (const event of endpoint.events) {
    if (event.kind === 'issued') return { response, name: event.format };
    if (event.kind === 'refused') return { response, name: event.reason };
    if (event.kind === 'misconfigured') return { response, name: 'misconfigured' };
  }
  return { response, name: 'preflight' };
}
