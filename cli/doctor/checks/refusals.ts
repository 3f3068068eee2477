/** The requests that an endpoint should refuse, which several checks look at from different sides. */
import type { NameValue } from '../../../core/http.ts';
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

/** Their answers, of those that are refusals. */
export async function refusals(visit: Visit): Promise<readonly Exchange[]> {
  const answers: Exchange[] = [];
  for (const ask of [withBadCredential(visit), asForeign(visit), ASK_TWICE, PUT, AS_NOBODY])
    answers.push(await visit.ask(ask));
  return answers.filter(({ status }) => status >= 400);
}
