/**
 * A visit to an endpoint: what is known about it before, and the requests that checks share. The same request is made once
 * however many checks look at its answer, one at a time, and never more than `MAX_REQUESTS`.
 */
import type { NameValue } from '../../core/http.ts';
import { type Exchange, exchange } from './exchange.ts';

export interface Target {
  readonly url: URL;
  /** Headers that carry the caller's credential; none: everything is asked as nobody. */
  readonly credential: readonly NameValue[];
  /** Whether a caller without a credential should get something. `undefined`: not known. */
  readonly anonymous: 'allowed' | 'refused' | undefined;
  /** An origin that may call from a browser. */
  readonly origin: string | undefined;
  /** One that may not. */
  readonly foreignOrigin: string;
  /** A clientId that is not the caller's. */
  readonly foreignClientId: string;
  /** What `?health` tells more for. */
  readonly operatorSecret: string | undefined;
  /** How long an answer is waited for. */
  readonly timeoutMs: number;
  /** How long the SDKs wait for it. */
  readonly clientPatienceMs: number;
}

export interface Ask {
  /** Default: GET. */
  readonly method?: string;
  readonly params?: readonly NameValue[];
  readonly headers?: readonly NameValue[];
  readonly body?: string;
  /** Without the credential. */
  readonly asNobody?: boolean;
  /** The same request anew, for the second, third … time. */
  readonly again?: number;
}

export interface Visit {
  readonly target: Target;
  /**
   * @throws NoAnswer
   * @throws NotChecked when the endpoint says that it is asked too often
   */
  readonly ask: (ask?: Ask) => Promise<Exchange>;
  /** Everything that was answered so far. */
  readonly exchanges: readonly Exchange[];
  /** How many requests were made. */
  readonly requests: () => number;
}

/** The check has nothing to look at; the message completes "not checked: …". */
export class NotChecked extends Error {}

/** Said in the help and in docs/doctor.md. */
export const MAX_REQUESTS = 40;

export function createVisit(target: Target): Visit {
  const made = new Map<string, Promise<Exchange>>();
  const exchanges: Exchange[] = [];
  let last: Promise<unknown> = Promise.resolve();

  async function make(ask: Ask): Promise<Exchange> {
    const { method = 'GET', params = [], headers = [], body, asNobody } = ask;
    const url = new URL(target.url);
    for (const [name, value] of params) url.searchParams.append(name, value);
    const credential = asNobody || method === 'OPTIONS' ? [] : target.credential;
    const own = new Set(headers.map(([name]) => name.toLowerCase()));
    const all = [...credential.filter(([name]) => !own.has(name.toLowerCase())), ...headers];
    const answer = await exchange({ method, url, headers: all, ...(body !== undefined && { body }) }, target.timeoutMs);
    exchanges.push(answer);
    return answer;
  }

  return {
    target,
    exchanges,
    requests: () => made.size,
    async ask(ask = {}) {
      const key = JSON.stringify(ask);
      let answer = made.get(key);
      if (!answer) {
        if (made.size >= MAX_REQUESTS) throw new NotChecked(`${MAX_REQUESTS} requests were made already`);
        answer = last.then(() => make(ask));
        last = answer.catch(() => {});
        made.set(key, answer);
      }
      const answered = await answer;
      if (isLimit(answered)) throw new NotChecked('the endpoint limits how often it may be asked. Wait and try again');
      return answered;
    },
  };
}

function isLimit({ status, headers }: Exchange): boolean {
  return status === 429 || headers.get('x-ably-errorcode')?.[0] === '42910';
}
