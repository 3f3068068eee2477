/**
 * Splits Cookie headers into names and values, the same way on every host (RFC 6265, 4.2.1).
 *
 * Whoever planted a cookie controls all of it, so this stays dumb: no percent-decoding, no quotes taken off, nothing
 * dropped because it comes twice. What a cookie means, and that two of ours are refused (S15), is decided in core.
 */
import type { NameValue } from '../../core/http.ts';

/** `values` are Cookie headers, one each. Never throws; linear. A part without `=` has no name and is left out. */
export function readCookieHeaders(values: readonly string[] | undefined): NameValue[] {
  const cookies: NameValue[] = [];
  if (values === undefined) return cookies;
  for (const value of values) {
    for (const part of value.split(';')) {
      const equals = part.indexOf('=');
      if (equals !== -1) cookies.push([trimBlanks(part.slice(0, equals)), trimBlanks(part.slice(equals + 1))]);
    }
  }
  return cookies;
}

/**
 * Space and tab only. `trim()` also removes U+00A0 and its like: a subdomain can plant a cookie named U+00A0 and then
 * `__Host-…`, which browsers do not take for a `__Host-` cookie but a trimming server would.
 */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
