/** The requests that an endpoint should refuse, which several checks look at from different sides. */
import type { NameValue } from '../../../core/http.ts';
import { readEncodedObject } from '../../read-json-object.ts';
import type { Exchange } from '../exchange.ts';
import type { Ask, Visit } from '../visit.ts';
import { BY_GET } from './ways.ts';

export const ASK_TWICE: Ask = {
  params: [
    ['clientId', 'doctor-one'],
    ['clientId', 'doctor-two'],
  ],
};
export const PUT: Ask = { method: 'PUT', body: '' };
export const AS_NOBODY: Ask = { asNobody: true };

export function asForeign({ target }: Visit): Ask {
  return BY_GET.ask([['clientId', target.foreignClientId]]);
}

/** The caller's credential, damaged; without one, a bearer token that nobody can have issued. */
export function withBadCredential({ target }: Visit): Ask {
  const bad: readonly NameValue[] =
    target.credential.length === 0
      ? [['Authorization', 'Bearer not.a.token']]
      : target.credential.map(([name, value]) => [name, damaged(name, value)]);
  return { headers: bad };
}

/** Of several cookies each: whichever of them it is that counts. */
export function damaged(name: string, value: string): string {
  if (name.toLowerCase() !== 'cookie') return withOneCharacterChanged(value);
  return value.split('; ').map(withOneCharacterChanged).join('; ');
}

/**
 * In the middle of its last part, which is what signs the others; the form stays. Not the very last one, whose lowest bits
 * mean nothing in base64.
 */
function withOneCharacterChanged(value: string): string {
  const last = /[\w+/-]+(?=[^\w+/-]*$)/.exec(value);
  if (!last) return `${value}A`;
  const middle = last.index + Math.floor((last[0].length - 1) / 2);
  return `${value.slice(0, middle)}${value[middle] === 'A' ? 'B' : 'A'}${value.slice(middle + 1)}`;
}

/**
 * The caller's JWT without its signature, or one that is made up where bearer tokens are read that are none: RFC 7519, 6.
 * `undefined` where nothing is known to read one.
 */
export function withoutSignature({ target }: Visit): Ask | undefined {
  const { credential } = target;
  const headers = credential.map(([name, value]) => [name, value.replace(JWT, unsigned)] as const);
  if (headers.some(([, value], index) => value !== credential[index]?.[1])) return { headers };
  const readsBearer = credential.length === 0 || credential.some(([, value]) => /^bearer\s/i.test(value));
  return readsBearer ? { headers: [['Authorization', `Bearer ${MADE_UP}`]] } : undefined;
}

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
/** Valid until 2100. */
const MADE_UP = `${encoded({ alg: 'none', typ: 'JWT' })}.${encoded({ sub: 'doctor', iat: 0, exp: 4_102_444_800 })}.`;
const JWT = /(?<![\w.-])([\w-]+)\.([\w-]+)\.[\w-]+(?![\w.-])/g;

function unsigned(jwt: string, head: string, payload: string): string {
  const header = readEncodedObject(head);
  if (header?.alg === undefined) return jwt;
  return `${encoded({ ...header, alg: 'none' })}.${payload}.`;
}

/** Their answers, of those that are refusals. */
export async function refusals(visit: Visit): Promise<readonly Exchange[]> {
  const answers: Exchange[] = [];
  for (const ask of [withBadCredential(visit), asForeign(visit), ASK_TWICE, PUT, AS_NOBODY])
    answers.push(await visit.ask(ask));
  return answers.filter(({ status }) => status >= 400);
}
