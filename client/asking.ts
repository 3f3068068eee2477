/**
 * Asking for more: gathers what is wanted, lets the client renew its token once for all of it, and says who got what.
 *
 * What is asked for while a renewal is under way waits for the next one. Each request until then carries the same
 * resources, because the SDK may ask twice for one token and drop the first.
 */
import { MAX_RESOURCES } from './held.ts';
import { platform } from './platform.ts';

/** Calls of one moment become one request: of a page that opens three rooms, Ably refuses each in a frame of its own. */
const GATHERING_MS = 10;

/** Of the header that names what was refused; some of it is brackets. */
const MAX_NAMED_BYTES = 2_000;

export interface Granted {
  readonly granted: readonly string[];
  readonly refused: readonly string[];
}

export interface Asking {
  /** @throws what `authorize` throws: then nothing is known, and the rights are as before */
  ask(resources: readonly string[]): Promise<Granted>;
  /** What a request to the endpoint asks for at this moment. */
  wanted(): readonly string[];
  /** An answer with a credential has come. */
  learn(asked: readonly string[], refused: readonly string[]): void;
  /** Nobody is to wait any longer: the client is closed, or is another. Good for one use. */
  stop(reason: Error): void;
}

interface Ask {
  readonly resources: readonly string[];
  readonly done: (outcome: Granted) => void;
  readonly failed: (error: unknown) => void;
}

interface Round {
  readonly wanted: readonly string[];
  /** Whether one of our answers carried it; without, the client has another authCallback. */
  answered: boolean;
  refused: readonly string[];
}

export function createAsking(authorize: () => Promise<unknown>): Asking {
  let waiting: Ask[] = [];
  let underWay: readonly Ask[] = [];
  let running = false;
  let round: Round | undefined;
  let stopped = false;

  async function refusedAmong(resources: readonly string[]): Promise<ReadonlySet<string>> {
    // Longer than any name that the endpoint grants on asking, and that it could name when it refuses.
    const refused = new Set(resources.filter((name) => bytesInHeader(name) > MAX_NAMED_BYTES));
    for (const wanted of inBatches(resources.filter((name) => !refused.has(name)))) {
      // What is left is not asked on behalf of the client that has taken the place.
      if (stopped) break;
      const current: Round = { wanted, answered: false, refused: [] };
      round = current;
      await authorize();
      if (!current.answered) throw new Error('The client given to use() has another authCallback than this one.');
      for (const name of current.refused) refused.add(name);
    }
    return refused;
  }

  async function run(): Promise<void> {
    running = true;
    await new Promise<void>((resolve) => void platform.setTimeout(resolve, GATHERING_MS));
    while (waiting.length > 0) {
      const asks = waiting;
      waiting = [];
      underWay = asks;
      try {
        const refused = await refusedAmong([...new Set(asks.flatMap(({ resources }) => resources))]);
        for (const { resources, done } of asks) {
          done({
            granted: resources.filter((name) => !refused.has(name)),
            refused: resources.filter((name) => refused.has(name)),
          });
        }
      } catch (error) {
        for (const { failed } of asks) failed(error);
      } finally {
        round = undefined;
      }
    }
    running = false;
  }

  return {
    ask: (resources) =>
      new Promise((done, failed) => {
        waiting.push({ resources: [...new Set(resources)], done, failed });
        if (!running) void run();
      }),
    wanted: () => round?.wanted ?? [],
    learn(asked, refused) {
      if (!round?.wanted.every((name) => asked.includes(name))) return;
      round.answered = true;
      round.refused = refused;
    },
    stop(reason) {
      stopped = true;
      // The SDK never answers an authorize() whose connection is closed meanwhile.
      for (const { failed } of [...underWay, ...waiting.splice(0)]) failed(reason);
    },
  };
}

/**
 * Small enough for the endpoint to name each that it refuses: its header for that holds 2,048 bytes. At least one batch,
 * which may be empty: a renewal that asks for nothing more.
 */
function inBatches(resources: readonly string[]): readonly (readonly string[])[] {
  let batch: string[] = [];
  let bytes = 0;
  const batches = [batch];
  for (const resource of resources) {
    const size = bytesInHeader(resource);
    if (batch.length === MAX_RESOURCES || (batch.length > 0 && bytes + size > MAX_NAMED_BYTES)) {
      batch = [];
      bytes = 0;
      batches.push(batch);
    }
    batch.push(resource);
    bytes += size;
  }
  return batches;
}

/** As JSON in ASCII, with a comma; what is beyond ASCII is written as six characters. */
function bytesInHeader(resource: string): number {
  return JSON.stringify(resource).replace(/[^\x20-\x7e]/g, '\\u0000').length + 1;
}
