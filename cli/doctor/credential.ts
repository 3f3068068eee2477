/**
 * The credential in an answer, read as far as anybody can: what it says of the caller's rights and times. Verifies nothing,
 * since nobody but Ably and the signer could.
 */
import { MIN_NONCE_CHARS } from '../../core/limits.ts';
import { type JsonObject, readEncodedObject, readJsonObject } from '../read-json-object.ts';
import { type Ask, NotChecked, type Visit } from './visit.ts';

export interface Credential {
  readonly kind: 'TokenRequest' | 'TokenDetails' | 'JWT' | 'token';
  /** As it is on the wire; nothing of a token that cannot be looked into. */
  readonly fields: JsonObject;
  readonly clientId: unknown;
  readonly capability: unknown;
  /** How long the token lives; `undefined` when it does not say so in numbers. */
  readonly ttlMs: number | undefined;
  /** When it was made, on the signer's clock, and how finely it says so. */
  readonly madeAtMs: number | undefined;
  readonly fineMs: number;
  /** What no two of them have in common. */
  readonly unique: string;
  /** Whether `fields` say what may be done with it. */
  readonly isOpen: boolean;
  /** Why Ably would refuse it, whatever is in it; `undefined` when nothing is seen that says so. */
  readonly problem: string | undefined;
}

/** @throws NotChecked when there is none in it */
export async function credentialOf(visit: Visit, ask?: Ask): Promise<Credential> {
  const answer = await visit.ask(ask);
  const credential = answer.status === 200 ? readCredential(answer.body) : undefined;
  if (credential) return credential;
  const hint =
    answer.status === 401 && visit.target.credential.length === 0 ? '. Give a credential, with --bearer-env' : '';
  throw new NotChecked(
    answer.status === 200 ? 'the answer holds no credential' : `no credential was given (${answer.status})${hint}`,
  );
}

/** The same, of one that can be looked into. @throws NotChecked */
export async function openCredentialOf(visit: Visit, ask?: Ask): Promise<Credential> {
  const credential = await credentialOf(visit, ask);
  if (!credential.isOpen) throw new NotChecked('the token cannot be looked into: only Ably knows what it may do');
  return credential;
}

/**
 * What it allows, with a name in the place of the caller's own: where every request without a credential makes another
 * guest, two of them are alike in nothing else.
 */
export function rightsIn({ clientId, capability }: Credential): string {
  const text = typeof capability === 'string' ? capability : (JSON.stringify(capability) ?? '');
  if (typeof clientId !== 'string' || clientId.length < 3) return text;
  const own = clientId.split(':').at(-1) ?? '';
  const anonymised = text.replaceAll(clientId, 'the-caller');
  return own.length < 3 ? anonymised : anonymised.replaceAll(own, 'the-caller');
}

export function readCredential(body: string): Credential | undefined {
  const text = body.trim();
  if (!text.startsWith('{')) return readToken(text);
  const fields = readJsonObject(text);
  if (!fields) return undefined;
  const { token, issued, expires, keyName, timestamp, ttl } = fields;
  if (typeof token === 'string') {
    const ttlMs = isNumber(issued) && isNumber(expires) ? expires - issued : undefined;
    const problem = readToken(token) ? undefined : 'its token is no text that Ably gives';
    return made('TokenDetails', fields, { ttlMs, madeAtMs: numberOr(issued), unique: token, problem });
  }
  if (typeof keyName !== 'string') return undefined;
  const unique = String(fields.nonce);
  const problem = requestProblem(fields);
  return made('TokenRequest', fields, { ttlMs: numberOr(ttl), madeAtMs: numberOr(timestamp), unique, problem });
}

function made(
  kind: Credential['kind'],
  fields: JsonObject,
  own: Pick<Credential, 'ttlMs' | 'madeAtMs' | 'unique' | 'problem'>,
): Credential {
  return { kind, fields, clientId: fields.clientId, capability: fields.capability, fineMs: 1, isOpen: true, ...own };
}

function requestProblem({ mac, nonce }: JsonObject): string | undefined {
  if (typeof mac !== 'string' || mac === '') return 'it has no mac: it is not signed';
  if (typeof nonce !== 'string' || nonce.length < MIN_NONCE_CHARS)
    return `its nonce has less than ${MIN_NONCE_CHARS} characters`;
  return undefined;
}

function jwtProblem({ alg, kid }: JsonObject): string | undefined {
  if (alg !== 'HS256')
    return 'it is not signed with HS256: it may be a token of the app’s own, which Ably does not know';
  if (typeof kid !== 'string' || !/^[^.\s]+\.[^.\s]+$/.test(kid)) return 'its kid is not the name of an Ably key';
  return undefined;
}

/** A JWT of Ably's, one of the app's own around a token, or a token that only Ably can read. */
function readToken(text: string): Credential | undefined {
  if (!/^[\w.~+/=:!-]+$/.test(text)) return undefined;
  const [head = '', payload = '', ...rest] = text.split('.');
  const header = readEncodedObject(head);
  const claims = rest.length === 1 ? readEncodedObject(payload) : undefined;
  const within = header?.['x-ably-token'] ?? claims?.['x-ably-token'];
  if (typeof within === 'string') return readToken(within);
  if (!header || !claims) return opaque(text);
  const { iat, exp } = claims;
  return {
    kind: 'JWT',
    fields: claims,
    clientId: claims['x-ably-clientId'],
    capability: claims['x-ably-capability'],
    ttlMs: isNumber(iat) && isNumber(exp) ? (exp - iat) * 1000 : undefined,
    madeAtMs: isNumber(iat) ? iat * 1000 : undefined,
    fineMs: 1000,
    unique: text,
    isOpen: true,
    problem: jwtProblem(header),
  };
}

function opaque(text: string): Credential {
  const unknown = { fields: {}, clientId: undefined, capability: undefined, ttlMs: undefined, madeAtMs: undefined };
  return { kind: 'token', ...unknown, fineMs: 1, unique: text, isOpen: false, problem: undefined };
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function numberOr(value: unknown): number | undefined {
  return isNumber(value) ? value : undefined;
}
