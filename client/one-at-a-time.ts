/**
 * One request at a time, in the order in which they were wanted: two at once could each carry an old grant, and the
 * later answer would undo the earlier. Every caller gets an answer of its own, because a TokenRequest is good for one
 * use (Ably error 40105).
 */
import { noAnswer } from './auth-error.ts';
import { type AbortSignalLike, platform } from './platform.ts';

/** @throws AblyAuthError when it was not done within the time, waiting for its turn included */
export type InTurn = <T>(timeoutMs: number, work: (signal: AbortSignalLike) => Promise<T>) => Promise<T>;

export function oneAtATime(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (timeoutMs, work) => {
    const controller = new platform.AbortController();
    let timer: unknown;
    const late = new Promise<never>((_, reject) => {
      timer = platform.setTimeout(() => {
        reject(noAnswer(`The auth endpoint did not answer within ${timeoutMs / 1000} seconds.`));
        controller.abort();
      }, timeoutMs);
    });
    // Not every fetch can be aborted: whoever is late gives up its turn all the same.
    const turn = last.then(() => Promise.race([late, controller.signal.aborted ? late : work(controller.signal)]));
    last = turn.catch(() => undefined);
    return Promise.race([late, turn]).finally(() => platform.clearTimeout(timer));
  };
}
