/**
 * Which text may become an identity, a nonce or a key name (S5).
 *
 * The signed text of a TokenRequest separates its fields by line breaks. A value that contains one can be re-cut into
 * other fields under the same MAC, even into the clientId `*`; so nothing that is signed may contain one.
 */
import { MAX_CLIENT_ID_BYTES, MIN_NONCE_CHARS } from './limits.ts';

/** C0, DEL and C1 controls, U+2028 and U+2029: everything that some reader takes for the end of a line, and more. */
export const CONTROL_OR_LINE_SEPARATOR = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** With the `u` flag a surrogate matches only when it stands alone. Its Unicode property would take a table to look up. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** Well-formed Unicode, so that UTF-8 encoding it loses nothing and two texts never become the same bytes. */
export function isWellFormedText(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/**
 * A concrete clientId: 1 to 256 bytes of UTF-8, well-formed, no controls, no line separators, no `*` anywhere
 * (TK2c reserves the whole value only; the SDK's own documentation forbids the character).
 */
export function isFitClientId(clientId: string): boolean {
  return (
    clientId.length > 0 &&
    clientId.length <= MAX_CLIENT_ID_BYTES &&
    !clientId.includes('*') &&
    !CONTROL_OR_LINE_SEPARATOR.test(clientId) &&
    isWellFormedText(clientId) &&
    Buffer.byteLength(clientId) <= MAX_CLIENT_ID_BYTES
  );
}

/** At least 16 characters (RSA9c) of printable ASCII. */
export function isFitNonce(nonce: string): boolean {
  return nonce.length >= MIN_NONCE_CHARS && /^[\x21-\x7e]+$/.test(nonce);
}
