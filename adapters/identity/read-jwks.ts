/**
 * Reads a key document (RFC 7517), and says with which algorithms each key may verify. What is no public signing key of
 * a kind that we know is passed over: providers publish others beside, and a symmetric one must never verify anything.
 */
import { ProviderError } from './fetch-document.ts';
import { isRecord, type JsonObject } from './json-names.ts';

export interface PublicJwk {
  readonly kid: string;
  /** Those that fit its type and curve, or the one that the document names. */
  readonly algorithms: readonly string[];
  /** Public members only. */
  readonly jwk: { readonly kty: string } & Readonly<Record<string, string>>;
}

const MAX_KEYS = 100;

const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const CURVE_ALGORITHMS: ReadonlyMap<unknown, string> = new Map([
  ['P-256', 'ES256'],
  ['P-384', 'ES384'],
  ['P-521', 'ES512'],
  ['Ed25519', 'EdDSA'],
]);

/** @throws ProviderError when there is no usable key: an accident at the provider must not refuse its users */
export function readJwks(text: string): readonly PublicJwk[] {
  const document = parseObject(text, 'the key document');
  if (!Array.isArray(document.keys)) throw new ProviderError('the key document has no keys');
  const keys = document.keys.slice(0, MAX_KEYS).flatMap((key: unknown) => readJwk(key) ?? []);
  if (keys.length === 0) throw new ProviderError('the key document has no usable public key');
  return keys;
}

export function readJwk(key: unknown): PublicJwk | undefined {
  if (!isRecord(key) || typeof key.kid !== 'string' || (key.use !== undefined && key.use !== 'sig')) return undefined;
  if (Array.isArray(key.key_ops) && !key.key_ops.includes('verify')) return undefined;
  const fitting = algorithmsOf(key);
  const algorithms = key.alg === undefined ? fitting : fitting.filter((alg) => alg === key.alg);
  const jwk = publicMembers(key);
  return algorithms.length > 0 && jwk ? { kid: key.kid, algorithms, jwk } : undefined;
}

function algorithmsOf({ kty, crv }: JsonObject): readonly string[] {
  if (kty === 'RSA') return RSA_ALGORITHMS;
  const alg = CURVE_ALGORITHMS.get(crv);
  if (alg === undefined || kty !== (alg === 'EdDSA' ? 'OKP' : 'EC')) return [];
  return [alg];
}

function publicMembers(key: JsonObject): PublicJwk['jwk'] | undefined {
  const names =
    key.kty === 'RSA' ? ['kty', 'n', 'e'] : key.kty === 'EC' ? ['kty', 'crv', 'x', 'y'] : ['kty', 'crv', 'x'];
  const members = names.map((name) => [name, key[name]] as const);
  if (!members.every((member): member is readonly [string, string] => typeof member[1] === 'string')) return undefined;
  return { kty: String(key.kty), ...Object.fromEntries(members) };
}

/** @throws ProviderError */
export function parseObject(text: string, what: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // Said below, without what it says.
  }
  throw new ProviderError(`${what} is no JSON object`);
}
