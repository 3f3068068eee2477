/**
 * A visit to an endpoint: what is known about it before, and the requests that checks share. The same request is made once
 * however many checks look at its answer, one at a time, and never more than `MAX_REQUESTS`.
 */
import type { NameValue } from '../../core/http.ts';
import { type Exchange, exchange } from './exchange.ts';
import { type Answer, createKeyGuard } from './without-api-keys.ts';
import { withoutSecrets } from './without-secrets.ts';

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
   * @throws Limited when the endpoint says that it is asked too often
   */
  readonly ask: (ask?: Ask) => Promise<Answer>;
  /** Everything that was answered so far. */
  readonly exchanges: readonly Answer[];
  /** How many requests were made. */
  readonly requests: () => number;
}

/** The check has nothing to look at; the message completes "not checked: …". */
export class NotChecked extends Error {}

/** The endpoint answered, and says that it is asked too often. */
export class Limited extends NotChecked {
  readonly answer: Exchange;
  constructor(answer: Exchange) {
    super('the endpoint limits how often it may be asked. Wait and try again');
    this.answer = answer;
  }
}

/** Said in the help and in docs/doctor.md. */
export const MAX_REQUESTS = 50;

/** How often, and how long, a limit is waited for that says when to come again. */
const MAX_WAITS = 3;
const MAX_WAIT_SECONDS = 30;

/** @param onWait told before each wait for a limit */
export function createVisit(target: Target, onWait?: (seconds: number) => void): Visit {
  const made = new Map<string, Promise<Answer>>();
  const exchanges: Answer[] = [];
  const withoutApiKeys = createKeyGuard();
  let requests = 0;
  let waits = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function make(ask: Ask): Promise<Answer> {
    const { method = 'GET', params = [], headers = [], body, asNobody } = ask;
    const url = new URL(target.url);
    for (const [name, value] of params) url.searchParams.append(name, value);
    const credential = asNobody || method === 'OPTIONS' ? [] : target.credential;
    const own = new Set(headers.map(([name]) => name.toLowerCase()));
    const all = [...credential.filter(([name]) => !own.has(name.toLowerCase())), ...headers];
    const question = { method, url, headers: all, ...(body !== undefined && { body }) };
    for (;;) {
      if (requests >= MAX_REQUESTS) throw new NotChecked(`${MAX_REQUESTS} requests were made already`);
      requests += 1;
      const came = await exchange(question, target.timeoutMs);
      const answer = withoutApiKeys(withoutSecrets(came, all, target.credential));
      exchanges.push(answer);
      const seconds = isLimit(answer) ? Number(answer.headers.get('retry-after')?.[0]) : Number.NaN;
      if (!(seconds <= MAX_WAIT_SECONDS) || waits >= MAX_WAITS) return answer;
      waits += 1;
      onWait?.(seconds);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  }

  return {
    target,
    exchanges,
    requests: () => requests,
    async ask(ask = {}) {
      const key = JSON.stringify(ask);
      let answer = made.get(key);
      if (!answer) {
        answer = last.then(() => make(ask));
        last = answer.catch(() => {});
        made.set(key, answer);
      }
      const answered = await answer;
      if (isLimit(answered)) throw new Limited(answered);
      return answered;
    },
  };
}

function isLimit({ status, headers }: Exchange): boolean {
  return status === 429 || headers.get('x-ably-errorcode')?.[0] === '42910';
}
