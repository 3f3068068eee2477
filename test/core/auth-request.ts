/**
 * Requests and endpoints for tests: requests as an adapter would hand them in, locked so that changing one throws, and
 * an endpoint on a fake key and a clock that stands still, which keeps its events for the test to read.
 */
import { openLimit } from '../../adapters/rate-limit/open-limit.ts';
import type { AblyApi } from '../../core/ably.ts';
import type { AuthEvent } from '../../core/auth-event.ts';
import { type AuthConfig, defineAuth } from '../../core/config.ts';
import { type ConfiguredEndpoint, configureEndpoint } from '../../core/configure-endpoint.ts';
import type { AuthRequest, AuthResponse, NameValue } from '../../core/http.ts';
import { anonymous } from '../../core/identity/anonymous.ts';
import { createSessionCookies, type SessionToWrite, session } from '../../core/identity/session.ts';
import { ApiKey } from '../../core/keys/api-key.ts';
import type { KeySource } from '../../core/keys/key-source.ts';
import type { Environment } from '../../core/settings.ts';

/** The moment at which every test endpoint lives, unless told otherwise: 2023-11-14T22:13:20Z. */
export const NOW_MS = 1_700_000_000_000;

export const KEY_NAME = 'appid.keyid';
export const KEY_SECRET = 'secretsecretsecret';
export const SESSION_SECRET = 'a-fake-session-secret-of-32-bytes-or-more';

export const testKey = (): ApiKey => new ApiKey('appid', 'keyid', KEY_SECRET);

type Pairs = readonly NameValue[] | Readonly<Record<string, string>>;

export interface RequestToWrite {
  readonly method?: string;
  readonly query?: Pairs;
  /** Names are put into lower case, as adapters do; a list is a header sent several times. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly cookies?: Pairs;
  readonly body?: Uint8Array | string;
  readonly platform?: AuthRequest['platform'];
}

export function authRequest(written: RequestToWrite = {}): AuthRequest {
  const { method = 'GET', query = [], headers = {}, cookies = [], body = '', platform = {} } = written;
  const byName = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(headers)) {
    byName.set(name.toLowerCase(), Object.freeze(typeof value === 'string' ? [value] : [...value]));
  }
  return Object.freeze({
    method,
    query: pairsOf(query),
    headers: lockedMap(byName),
    cookies: pairsOf(cookies),
    body,
    platform: Object.freeze({ ...platform }),
  });
}

/** A POST whose body is JSON text, or what becomes it. */
export function postJson(value: unknown, written: RequestToWrite = {}): AuthRequest {
  const body = typeof value === 'string' ? value : JSON.stringify(value);
  return authRequest({
    ...written,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...written.headers },
    body,
  });
}

export function postForm(body: string, written: RequestToWrite = {}): AuthRequest {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', ...written.headers };
  return authRequest({ ...written, method: 'POST', headers, body });
}

/** The cookie that a browser sends back after `createSessionCookies().write`. */
export function sessionCookie(toWrite: Partial<SessionToWrite> = {}, nowMs = NOW_MS): NameValue {
  const { subject = 'bob', lifetimeSeconds = 7_200, ...rest } = toWrite;
  const cookies = createSessionCookies({ secrets: [SESSION_SECRET] });
  return cookieSentBack(cookies.write({ subject, lifetimeSeconds, ...rest }, nowMs));
}

/** The name and value of a Set-Cookie value. */
export function cookieSentBack(setCookie: string): NameValue {
  const pair = setCookie.split(';')[0] ?? '';
  const end = pair.indexOf('=');
  return [pair.slice(0, end), pair.slice(end + 1)];
}

export interface TestEndpoint extends ConfiguredEndpoint {
  readonly events: readonly AuthEvent[];
}

export interface EndpointToTest extends Partial<AuthConfig> {
  readonly env?: Environment;
  /** What stands for Ably, as far as the test asks it. */
  readonly ably?: Partial<AblyApi>;
  readonly nowMs?: () => number;
  /** What the key store does when it is asked. Default: gives the fake key. */
  readonly loadCurrent?: KeySource['loadCurrent'];
  /** Default: there is none. */
  readonly loadPrevious?: KeySource['loadPrevious'];
}

const notHere = (): Promise<never> => Promise.reject(new Error('Ably is not here'));
const ABLY_IS_NOT_HERE: AblyApi = { requestToken: notHere, revokeTokens: notHere, timeMs: notHere };

/** Sessions and anonymous callers, and no rule, unless told otherwise. */
export function testEndpoint(options: EndpointToTest = {}): TestEndpoint {
  const { env = {}, nowMs = () => NOW_MS, loadCurrent = async () => testKey(), ...rest } = options;
  const { ably, loadPrevious = async () => undefined, ...config } = rest;
  const events: AuthEvent[] = [];
  const sources = [session({ secrets: [SESSION_SECRET] }), anonymous()];
  const endpoint = configureEndpoint({
    definition: defineAuth(() => ({ sources, rules: [], ...config })),
    env,
    keySource: {
      ok: true,
      source: { name: 'test', setting: 'ABLY_API_KEY', loadCurrent, loadPrevious },
    },
    openLimit,
    onEvent: (event) => events.push(event),
    ...(ably && { ably: { ...ABLY_IS_NOT_HERE, ...ably } }),
    nowMs,
  });
  return { ...endpoint, events };
}

/** The value of the one header of this name; `undefined` when there is none. Throws when it is there twice. */
export function headerOf(response: AuthResponse, name: string): string | undefined {
  const values = response.headers.filter(([header]) => header.toLowerCase() === name.toLowerCase());
  if (values.length > 1) throw new Error(`${name} is there ${values.length} times`);
  return values[0]?.[1];
}

/** A body that is a JSON object. */
export function jsonOf(response: AuthResponse): Record<string, unknown> {
  return JSON.parse(response.body) as Record<string, unknown>;
}

/** What an error answer says in its body. */
export function errorOf(response: AuthResponse): Record<string, unknown> {
  return (jsonOf(response).error ?? {}) as Record<string, unknown>;
}

function pairsOf(pairs: Pairs): readonly NameValue[] {
  const list: readonly NameValue[] = Array.isArray(pairs) ? pairs : Object.entries(pairs);
  return Object.freeze(list.map(([name, value]) => Object.freeze([name, value] as const)));
}

function lockedMap<K, V>(map: Map<K, V>): ReadonlyMap<K, V> {
  const refuse = () => {
    throw new Error('a request was changed');
  };
  for (const method of ['set', 'delete', 'clear']) Object.defineProperty(map, method, { value: refuse });
  return Object.freeze(map);
}
