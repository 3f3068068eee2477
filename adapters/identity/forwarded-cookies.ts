/**
 * Which of the caller's cookies go to the app's session endpoint: those that the config names, and nothing else that the
 * browser happens to send along.
 *
 * Frameworks cut a large cookie into numbered parts, `name.0`, `name.1`; they belong to it. The same name twice is
 * refused (S15): one of them was planted, and the app might read the other than we look up.
 */
import type { AuthRequest, NameValue } from '../../core/http.ts';
import { MAX_CREDENTIAL_BYTES } from '../../core/limits.ts';
import type { TokenReader } from './token-place.ts';

/** RFC 6265, 4.1.1, and a little more that frameworks write and Node sends; no `;`, no control character. */
const SENDABLE = /^[\x20-\x3a\x3c-\x7e]*$/;

/** Its token is a Cookie header. */
export function createCookieReader(names: readonly string[]): TokenReader {
  const wanted = new Set(names);
  const named = ({ cookies }: AuthRequest): readonly NameValue[] =>
    cookies.filter(([name]) => wanted.has(name) || wanted.has(name.replace(/\.\d{1,2}$/, '')));
  return {
    ambient: true,
    isThere: (request) => named(request).some(([, value]) => value !== ''),
    read(request) {
      const found = named(request);
      if (new Set(found.map(([name]) => name)).size < found.length) return { problem: 'a cookie was sent twice' };
      if (!found.every(([, value]) => SENDABLE.test(value))) {
        return { problem: 'a cookie has a value that none may have' };
      }
      const token = found.map(([name, value]) => `${name}=${value}`).join('; ');
      return token.length > MAX_CREDENTIAL_BYTES ? { problem: 'the cookies are too large' } : { token };
    },
  };
}
