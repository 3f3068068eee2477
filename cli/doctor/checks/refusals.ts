/** The requests that an endpoint should refuse, which several checks look at from different sides. */
import type { NameValue } from '../../../core/http.ts';
import type { Exchange } from '../exchange.ts';
import type { Ask, Visit } from '../visit.ts';

export const ASK_TWICE: Ask = {
  params: [
    ['clientId', 'doctor-one'],
    ['clientId', 'doctor-two'],
  ],
};
export const PUT: Ask = { method: 'PUT', body: '' };
export const AS_NOBODY: Ask = { asNobody: true };

export function asForeign({ target }: Visit): Ask {
  return { params: [['clientId', target.foreignClientId]] };
}

/** The caller's credential, damaged; without one, a bearer token that nobody can have issued. */
export function withBadCredential({ target }: Visit): Ask {
  const bad: readonly NameValue[] =
    target.credential.length === 0
      ? [['Authorization', 'Bearer not.a.token']]
      : target.credential.map(([name, value]) => [name, damaged(value)]);
  return { headers: bad };
}

/** One character in the middle of the last part, which is what signs the others; the form stays. */
function damaged(value: string): string {
  const start = value.lastIndexOf('.') + 1 || value.lastIndexOf('=') + 1 || value.lastIndexOf(' ') + 1;
  const middle = start + Math.floor((value.length - start) / 2);
  return `${value.slice(0, middle)}${value[middle] === 'A' ? 'B' : 'A'}${value.slice(middle + 1)}`;
}

/** Their answers, of those that are refusals. */
export async function refusals(visit: Visit): Promise<readonly Exchange[]> {
  const answers: Exchange[] = [];
  for (const ask of [withBadCredential(visit), asForeign(visit), ASK_TWICE, PUT, AS_NOBODY])
    answers.push(await visit.ask(ask));
  return answers.filter(({ status }) => status >= 400);
}
