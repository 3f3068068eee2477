/**
 * Reads what the client asks for from the query and the body: `capability`, `clientId` and `ttl`, Ably's own names.
 *
 * SDKs add much that means nothing here (`rnd`, `format`, `timestamp`, `nonce`, the app's own parameters): ignored. A
 * parameter that means something and is there twice, or differs between query and body, is refused: two readers of the
 * request could disagree about it (S15). What is asked for is only read here; whether it may be is policy's to say.
 */

import type { Capability } from '../capability/capability.ts';
import { parseCapability } from '../capability/parse.ts';
import { AuthFailure } from '../errors.ts';
import type { AuthRequest, NameValue } from '../http.ts';
import { MAX_BODY_BYTES, MAX_REQUESTED_RESOURCES } from '../limits.ts';
import type { Wishes } from '../policy/wishes.ts';
import { parseBoundedJson } from './bounded-json.ts';

const ALWAYS_READ: ReadonlySet<string> = new Set(['capability', 'clientId']);
const READ_WITH_TTL: ReadonlySet<string> = new Set([...ALWAYS_READ, 'ttl']);
const NO_WISHES: Wishes = Object.freeze({});

/** @throws AuthFailure `malformed-request` (400); its detail names the parameter, never its value */
export function readWishes(request: AuthRequest, options: { readonly honourRequestedTtl: boolean }): Wishes {
  const meaningful = options.honourRequestedTtl ? READ_WITH_TTL : ALWAYS_READ;
  const asked = once(request.query, meaningful);
  for (const [name, value] of once(readBody(request, meaningful), meaningful)) {
    const inQuery = asked.get(name);
    if (inQuery !== undefined && inQuery !== value) throw malformed(`${name} differs between query and body`);
    asked.set(name, value);
  }
  if (asked.size === 0) return NO_WISHES;

  const clientId = asked.get('clientId');
  const capability = asked.get('capability');
  const ttl = asked.get('ttl');
  return {
    // ably-js sends an empty clientId for `clientId: null`: that is not asking for one.
    ...(clientId && { requestedClientId: clientId }),
    ...(capability && { requestedCapability: readCapability(capability) }),
    ...(ttl && { requestedTtlMs: readTtlMs(ttl) }),
  };
}

function once(pairs: readonly NameValue[], meaningful: ReadonlySet<string>): Map<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (!meaningful.has(name)) continue;
    if (values.has(name)) throw malformed(`${name} comes twice`);
    values.set(name, value);
  }
  return values;
}

/** The body's parameters, as a query would have them; of JSON those that are meaningful. */
export function readBody(request: AuthRequest, meaningful: ReadonlySet<string>): readonly NameValue[] {
  if (request.method !== 'POST' || request.body.length === 0) return [];
  const types = request.headers.get('content-type') ?? [];
  const text = bodyText(request.body);
  if (types.length !== 1) throw malformed('a body needs one Content-Type');
  const [type = ''] = (types[0] ?? '').split(';');
  switch (type.trim().toLowerCase()) {
    case 'application/x-www-form-urlencoded':
      return [...new URLSearchParams(text)];
    case 'application/json':
      return readJsonBody(text, meaningful);
    default:
      throw malformed('the Content-Type is neither a form nor JSON');
  }
}

/** @throws AuthFailure `malformed-request` (400) when it is too large, or no text */
export function bodyText(body: Uint8Array | string): string {
  const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  if (bytes > MAX_BODY_BYTES) throw malformed(`the body is larger than ${MAX_BODY_BYTES} bytes`);
  if (typeof body === 'string') return body;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw malformed('the body is not UTF-8');
  }
}

function readJsonBody(text: string, meaningful: ReadonlySet<string>): readonly NameValue[] {
  const parsed = parseBoundedJson(text);
  if (!parsed.ok) throw malformed(`the body is refused as JSON: ${parsed.problem}`);
  const { value } = parsed;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed('the body is no JSON object');
  const pairs: NameValue[] = [];
  for (const [name, member] of Object.entries(value)) {
    if (!meaningful.has(name) || member === null) continue;
    pairs.push([name, memberText(name, member)]);
  }
  return pairs;
}

/** What the same wish would be in a query, so that both are read, and compared, alike. */
function memberText(name: string, member: unknown): string {
  if (typeof member === 'string') return member;
  if (name === 'ttl' && Number.isSafeInteger(member)) return String(member);
  if ((name === 'capability' || name === 'resources') && typeof member === 'object') return JSON.stringify(member);
  throw malformed(`${name} is of the wrong type`);
}

function readCapability(text: string): Capability {
  if (Buffer.byteLength(text) > MAX_BODY_BYTES) throw malformed('capability is too large');
  const json = parseBoundedJson(text);
  if (!json.ok) throw malformed(`capability is refused as JSON: ${json.problem}`);
  const parsed = parseCapability(json.value, { maxResources: MAX_REQUESTED_RESOURCES });
  if (!parsed.ok) throw malformed(`capability: ${parsed.problems.length} problems`);
  return parsed.capability;
}

function readTtlMs(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw malformed('ttl is not a whole number of milliseconds');
  return Number(text);
}

function malformed(detail: string): AuthFailure {
  return new AuthFailure('malformed-request', detail);
}
