/**
 * Where a caller's token stands in a request, and when it counts as being there at all (S2).
 *
 * Of the Authorization header only the scheme Bearer is a credential, in any case and whatever follows it. Another
 * scheme, an empty value and the placeholder `authorization: cookie` (by which ably-js is made to send cookies to
 * another origin) are left to the sources after this one. Whether the token is good is not decided here.
 */
import type { ConfigProblem } from '../../core/config-problem.ts';
import type { AuthRequest } from '../../core/http.ts';
import { cookieValues } from '../../core/identity/cookie.ts';
import { MAX_CREDENTIAL_BYTES } from '../../core/limits.ts';

/**
 * `authorization` (the scheme Bearer), the whole value of another header, or a cookie. A page of another origin may
 * send a header of your own only when `allowedHeaders` lists it.
 */
export type TokenPlace = 'authorization' | { readonly header: string } | { readonly cookie: string };

export interface TokenReader {
  /** A browser attaches it by itself (S14). */
  readonly ambient: boolean;
  isThere(request: AuthRequest): boolean;
  /** Only where it is there. The problem is for the log and holds nothing of the value. */
  read(request: AuthRequest): { readonly token: string } | { readonly problem: string };
}

/** The scheme is the longest run of characters that a scheme may have (RFC 9110, 11.1): `Bearerish` is another one. */
const BEARER = /^[ \t]*bearer(?![!#$%&'*+.^_`|~0-9a-z-])/i;
const BEARER_TOKEN = /^[ \t]*bearer +([^\s,]+)[ \t]*$/i;

export function createTokenReader(place: TokenPlace): TokenReader {
  if (place === 'authorization') return AUTHORIZATION;
  if ('cookie' in place) {
    return {
      ambient: true,
      isThere: (request) => cookieValues(request, place.cookie).some((value) => value !== ''),
      read: (request) => only(cookieValues(request, place.cookie), `the cookie ${place.cookie}`),
    };
  }
  const header = place.header.toLowerCase();
  return {
    ambient: false,
    isThere: (request) => (request.headers.get(header) ?? []).some((value) => value.trim() !== ''),
    read: (request) => only(request.headers.get(header) ?? [], `the header ${header}`),
  };
}

const AUTHORIZATION: TokenReader = {
  ambient: false,
  isThere: (request) => (request.headers.get('authorization') ?? []).some((value) => BEARER.test(value)),
  read(request) {
    const found = only(request.headers.get('authorization') ?? [], 'the Authorization header');
    if ('problem' in found) return found;
    const token = BEARER_TOKEN.exec(found.token)?.[1];
    return token === undefined ? { problem: 'the scheme Bearer is not followed by one token' } : { token };
  },
};

/** Sent twice, no order says which one is meant (S15). */
function only(values: readonly string[], what: string): { readonly token: string } | { readonly problem: string } {
  const [token = '', ...more] = values;
  if (more.length > 0) return { problem: `${what} was sent twice` };
  if (token.length > MAX_CREDENTIAL_BYTES) return { problem: `${what} is too large` };
  return { token };
}

/** RFC 9110, 5.6.2 and RFC 6265, 4.1.1. */
const TOKEN_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;

export function placeProblems(place: TokenPlace, setting: string): readonly ConfigProblem[] {
  if (place === 'authorization') return [];
  const name = 'cookie' in place ? place.cookie : place.header;
  if (typeof name !== 'string' || !TOKEN_NAME.test(name)) {
    return [{ setting, problem: '`from` names no header or cookie', fix: "Write { header: 'x-token' }" }];
  }
  // What this endpoint itself hands out is never an identity (S17); the others have a form of their own.
  const reserved = 'cookie' in place ? /^(__Host-)?ably-auth-/i : /^(x-ably-.*|authorization|cookie|origin|host)$/i;
  if (!reserved.test(name)) return [];
  return [
    { setting, problem: `\`from\` names ${name}, which means something else here`, fix: 'Use a name of your own' },
  ];
}
