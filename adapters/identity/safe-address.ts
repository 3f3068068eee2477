/**
 * Which addresses may be asked for keys. Apart from fetching, so that checking a config loads no network code.
 */

/**
 * Leads the addresses of a config to other places, so that tests can stand in for a provider on a loopback port. A
 * symbol: neither JSON nor the environment nor a slip of the pen can set it.
 */
export const ADDRESS_BOOK: unique symbol = Symbol('address book');

export type AddressBook = (url: string) => string;

/**
 * Whether an address may be asked for keys: https, or http on this machine itself, without a password in it.
 * Whoever stands between us and a key document could put keys of their own into it.
 */
export function isSafeAddress(text: string): boolean {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return false;
  }
  if (url.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
