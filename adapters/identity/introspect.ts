/**
 * The source that asks whoever gave the credential: the app's own session endpoint, which gets the caller's own cookie or
 * Authorization header, or an RFC 7662 token introspection endpoint. Decides what is forwarded, and how long an answer
 * counts.
 *
 * One address from the config and no other, over TLS; only the cookies that are named; and nothing of ours with them.
 */
import type { ConfigProblem } from '../../core/config-problem.ts';
import type { AuthRequest } from '../../core/http.ts';
import type { IdentitySource } from '../../core/identity/identity.ts';
import { parseClaimPath } from '../../core/policy/claim-path.ts';
import { createCookieReader } from './forwarded-cookies.ts';
import { type AnswerShape, readIntrospection } from './introspect-answer.ts';
import type { Question } from './introspect-exchange.ts';
import { isSafeAddress } from './safe-address.ts';
import { createTokenReader, placeProblems, type TokenPlace, type TokenReader } from './token-place.ts';
import type { DemandedClaims } from './token-rules.ts';
import { traceHeaders } from './trace-headers.ts';
import { createVerdictCache } from './verdict-cache.ts';

/** Paths are as in rules: `user.id`, dots descend, quotes around a name with dots in it. */
interface AnswerPaths {
  /** Where the end of the session is: an ISO date, or seconds or milliseconds since the epoch. */
  readonly expires?: string;
  /** Where the name of the session is. */
  readonly sessionId?: string;
  /** What rules and templates may read beside `sub`: name of the claim, and where it is. Default: nothing. */
  readonly claims?: Readonly<Record<string, string>>;
}

interface CommonOptions extends AnswerPaths {
  /** https, or http on this machine itself. The only address that is ever asked; redirects are not followed. */
  readonly url: string;
  /** In the log and for S19. Default `introspect`. */
  readonly name?: string;
  /** For the whole exchange, in milliseconds, 100 to 8,000. Default 2,000. Later: 503. */
  readonly timeoutMs?: number;
  /**
   * How long a good answer counts without asking again, in seconds, 0 to 300, and never beyond the session's end.
   * Default 30; a bad one a fifth of it. Somebody who signs out may get a token for as long.
   */
  readonly cacheSeconds?: number;
  /** Put before every clientId of this source (S19). Default: none. */
  readonly clientIdPrefix?: string;
  /** Name of another source whose subjects are the same people (S19). */
  readonly sharesSubjectsWith?: string;
}

export interface SessionEndpointOptions extends CommonOptions {
  /**
   * Which of the caller's credentials goes there, by GET: these cookies, with their numbered parts (`name.0`), or the
   * Authorization header with the scheme Bearer.
   */
  readonly forward: { readonly cookies: readonly string[] } | 'authorization';
  /** Where the caller is in the answer, `user.id`; without anybody there, nobody is signed in. */
  readonly subject: string;
  /** What must be in the answer, by path: `{ 'user.emailVerified': true }`. Default: nothing. */
  readonly require?: DemandedClaims;
  readonly client?: never;
}

export interface TokenIntrospectionOptions extends CommonOptions {
  /** Our own credentials there (RFC 6749, 2.3.1), from the environment. */
  readonly client: { readonly id: string; readonly secret: string };
  /**
   * What must be in the answer beside `active: true`: `{ aud: 'https://api.example' }` or `{ client_id: 'app' }`. A token
   * for another app is active as well.
   */
  readonly require: DemandedClaims;
  /** Where the token is. Default `authorization`: the header of that name with the scheme Bearer. */
  readonly from?: TokenPlace;
  /** Default `sub`. */
  readonly subject?: string;
  readonly forward?: never;
}

export type IntrospectOptions = SessionEndpointOptions | TokenIntrospectionOptions;

const DEFAULT_TIMEOUT_MS = 2_000;
const DEFAULT_CACHE_SECONDS = 30;

export function introspect(options: IntrospectOptions): IdentitySource {
  const { name = 'introspect', cacheSeconds = DEFAULT_CACHE_SECONDS, clientIdPrefix, sharesSubjectsWith } = options;
  const reader = readerOf(options);
  const shape = shapeOf(options);
  const cache = createVerdictCache(cacheSeconds * 1000);
  return Object.freeze({
    name,
    ambient: reader.ambient,
    kinds: ['user'],
    ...(clientIdPrefix !== undefined && { clientIdPrefix }),
    ...(sharesSubjectsWith !== undefined && { sharesSubjectsWith }),
    problems: optionProblems(options),
    carriesCredential: (request: AuthRequest) => reader.isThere(request),
    async verify(request, { nowMs }) {
      const found = reader.read(request);
      if ('problem' in found) return { kind: 'rejected', reason: 'bad-credential', detail: found.problem };
      return cache.get(found.token, nowMs, async () => {
        const { exchange } = await import('./introspect-exchange.ts');
        const question = questionOf(options, found.token, traceHeaders(request));
        return readIntrospection(await exchange(question), shape, { source: name, nowMs });
      });
    },
  } satisfies IdentitySource);
}

function readerOf({ forward, client, ...options }: IntrospectOptions): TokenReader {
  if (client !== undefined && 'from' in options && options.from !== undefined) return createTokenReader(options.from);
  return typeof forward === 'object' ? createCookieReader(forward.cookies) : createTokenReader('authorization');
}

function questionOf(options: IntrospectOptions, credential: string, trace: Question['headers']): Question {
  const { url, timeoutMs = DEFAULT_TIMEOUT_MS, client, forward } = options;
  if (client === undefined) {
    const headers: Record<string, string> =
      forward === 'authorization' ? { authorization: `Bearer ${credential}` } : { cookie: credential };
    return { url, method: 'GET', headers: { ...trace, ...headers }, timeoutMs };
  }
  const basic = Buffer.from(`${formEncoded(client.id)}:${formEncoded(client.secret)}`).toString('base64');
  const headers = { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams({ token: credential, token_type_hint: 'access_token' }).toString();
  return { url, method: 'POST', headers: { ...trace, ...headers }, body, timeoutMs };
}

/** RFC 6749, 2.3.1: id and secret are form-encoded before they are joined. */
function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

function shapeOf(options: IntrospectOptions): AnswerShape {
  const isTokenIntrospection = options.client !== undefined;
  const { subject = 'sub', expires = isTokenIntrospection ? 'exp' : undefined, sessionId, claims = {} } = options;
  const optional = (path: string | undefined) => (path === undefined ? undefined : parseClaimPath(path));
  return {
    isTokenIntrospection,
    subject: parseClaimPath(subject) ?? [],
    sessionId: optional(sessionId),
    expires: optional(expires),
    claims: Object.entries(claims).map(([name, path]) => [name, parseClaimPath(path) ?? []] as const),
    require: Object.entries(options.require ?? {}).map(([path, wanted]) => [path, [wanted].flat()] as const),
  };
}

function optionProblems(options: IntrospectOptions): readonly ConfigProblem[] {
  const { url, subject = 'sub', expires, sessionId, claims = {}, client, forward } = options;
  const { timeoutMs = DEFAULT_TIMEOUT_MS, cacheSeconds = DEFAULT_CACHE_SECONDS } = options;
  const problems: ConfigProblem[] = [];
  const add = (option: string, problem: string, fix: string) =>
    problems.push({ setting: `introspect({ ${option} })`, problem, fix });
  if (typeof url !== 'string' || !isSafeAddress(url)) {
    add('url', 'it is no https address, or has a password in it', 'Write https://app.example/api/session');
  }
  const paths = [
    ...Object.entries({ subject, expires, sessionId }),
    ...Object.entries(claims).map(([name, path]) => [`claims.${name}`, path] as const),
    ...Object.keys(options.require ?? {}).map((path) => ['require', path] as const),
  ];
  for (const [option, path] of paths) {
    if (path === undefined || (typeof path === 'string' && parseClaimPath(path) !== undefined)) continue;
    add(option, 'it is no path', 'Write user.id');
  }
  if (client === undefined) {
    const cookies = typeof forward === 'object' ? forward?.cookies : forward === 'authorization' ? [] : undefined;
    if (!Array.isArray(cookies) || (forward !== 'authorization' && cookies.length === 0)) {
      add('forward', 'it names no cookie and is not authorization', "Write { cookies: ['sid'] } or 'authorization'");
    } else for (const cookie of cookies) problems.push(...placeProblems({ cookie }, 'introspect({ forward })'));
    if (options.subject === undefined) add('subject', 'it is not set', 'Write where the caller is, user.id');
  } else {
    if (!client.id || !client.secret) add('client', 'its id or its secret is not set', 'Set both in the environment');
    if (typeof options.require !== 'object') add('require', 'it is not set', "Write { aud: 'https://api.example' }");
    if ('from' in options && options.from) problems.push(...placeProblems(options.from, 'introspect({ from })'));
  }
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 100 || timeoutMs > 8_000) {
    add('timeoutMs', 'it is not a whole number from 100 to 8,000', 'Leave it out for 2,000');
  }
  if (!Number.isSafeInteger(cacheSeconds) || cacheSeconds < 0 || cacheSeconds > 300) {
    add('cacheSeconds', 'it is not a whole number from 0 to 300', 'Leave it out for 30');
  }
  return problems;
}
