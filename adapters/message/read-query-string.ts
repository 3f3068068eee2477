/**
 * Decodes a raw query string, the same way on every host that gives it raw.
 *
 * The client controls all of it. Broken percent sequences stay as they were sent, bytes that are not UTF-8 become
 * U+FFFD, `+` is a space (java.net.URLEncoder writes it): the URL standard's form decoding, which never fails.
 */
import type { NameValue } from '../../core/http.ts';

/** Without the leading `?`. Order and repeated names are kept: the core refuses a parameter that comes twice. */
export function readQueryString(raw: string): NameValue[] {
  return raw === '' ? [] : [...new URLSearchParams(raw)];
}

/** The same for what follows the first `?` of a request target or URL. */
export function readQueryOf(url: string): NameValue[] {
  const mark = url.indexOf('?');
  if (mark === -1) return [];
  const hash = url.indexOf('#', mark);
  return readQueryString(hash === -1 ? url.slice(mark + 1) : url.slice(mark + 1, hash));
}
