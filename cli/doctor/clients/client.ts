/** One of Ably's SDKs, as far as it meets an endpoint: how it asks, what it takes for a credential, when it gives up. */
import type { Exchange } from '../exchange.ts';
import type { Ask } from '../visit.ts';

/** `stops`: the connection is FAILED, for good. `retries`: it is DISCONNECTED, and asks again. */
export type AfterRefusal = 'stops' | 'retries';

/** How a client asks, and what it takes for a credential. */
export interface Reader {
  readonly name: string;
  readonly ask: Ask;
  /** Why it does not take the answer, in its own terms; `undefined` when it does. */
  readonly problem: (answer: Exchange) => string | undefined;
}

export interface Client extends Reader {
  readonly afterRefusal: (answer: Exchange) => AfterRefusal;
}

/** A token as it arrived: none of the SDKs trims it, and Ably knows no token with white space. */
export function tokenProblem(token: string): string | undefined {
  if (token === '') return 'the body is empty';
  if (/\s/.test(token)) return `the token is taken with the white space around or in it, which Ably refuses`;
  return undefined;
}
