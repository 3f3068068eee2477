/**
 * Who counts as one caller to the limit. Whoever is known counts as themselves, wherever they ask from, so that nobody can
 * use up what is somebody else's. Whoever shows nothing can only be told apart by the address that the platform saw.
 *
 * An address of a private network is no caller's: a proxy stands in front that does not say who is behind it, and all who
 * are would be one. So is no address at all. Such callers are not counted.
 */
import type { AuthRequest } from '../http.ts';
import { mayCountAmbient } from '../identity/ambient.ts';
import type { Identified } from '../identity/identity.ts';
import { recordKey } from '../stores.ts';
import type { LimitTerms } from './rate-limit.ts';

/** The key to count by; `undefined` for whom nobody can tell from others. */
export function whoAsks(
  { identity, isNew }: Identified,
  request: AuthRequest,
  { limit, allowedOrigins }: LimitTerms,
): string | undefined {
  const { source, subject, kind } = identity;
  if (kind !== 'anonymous' && !isNew) return recordKey('limit', 'subject', source, subject);
  const place = limit.strangersBy === 'address' ? placeOf(request.platform.clientIp ?? '') : undefined;
  if (place === undefined) return undefined;
  // A page of another site can have its visitors' browsers ask, and would use up what is theirs.
  const whose = mayCountAmbient(request, allowedOrigins) ? 'address' : 'foreign page';
  return recordKey('limit', whose, place);
}

/** Loopback, private, carrier-grade and link-local ranges (RFC 6890). */
const PRIVATE_V4 = /^(0|10|127|169\.254|172\.(1[6-9]|2\d|3[01])|192\.168|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;
const PRIVATE_V6 = /^(0:0:0:0|f[cd]..:.*|fe[89ab].:.*)$/;
const V4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** An IPv4 address, or the network of an IPv6 one: its lower half is its owner's to choose. */
function placeOf(address: string): string | undefined {
  const v4 = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (V4.test(v4)) return PRIVATE_V4.test(v4) ? undefined : v4;
  const network = networkOf(address);
  return network === undefined || PRIVATE_V6.test(network) ? undefined : network;
}

/** The first 64 bits, `2001:db8:0:1`, however the address is spelt. */
function networkOf(address: string): string | undefined {
  const url = address.includes(':') && URL.canParse(`http://[${address}]`) ? new URL(`http://[${address}]`) : undefined;
  if (!url) return undefined;
  const [head = '', tail] = url.hostname.slice(1, -1).split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail ? tail.split(':') : [];
  const zeros = Array<string>(tail === undefined ? 0 : 8 - first.length - last.length).fill('0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}
