/**
 * The Node server under load from another process: requests a second, and what each costs in processor time. The load
 * goes to one server at a time, in turn.
 */
import { pathToFileURL } from 'node:url';
import { type Caller, ourCookie, SETTINGS, tutorialCookie } from '../callers.ts';
import { Companion } from '../children.ts';
import { atLeast, type Section, withSpread } from '../report.ts';
import { checkAnswer } from '../requests.ts';
import { pairwise, summarise } from '../stats.ts';
import type { Workshop } from '../workshop.ts';

interface Contender {
  readonly name: string;
  readonly caller: Caller;
  readonly entry: string;
  readonly cookie: string | undefined;
}

interface Running extends Contender {
  readonly server: Companion;
  readonly load: Companion;
  readonly port: number;
  readonly requestsPerSecond: number[];
  readonly cpuMicroseconds: number[];
}

const CALLERS: readonly Caller[] = ['anonymous', 'signed-in'];

export async function measureServer(workshop: Workshop): Promise<Section> {
  const [rounds, roundMs] = workshop.quick ? [3, 300] : [25, 350];
  const running = await Promise.all(CALLERS.flatMap(contendersFor).map((contender) => start(contender, workshop)));
  try {
    for (const contender of running) await runRound(contender, roundMs);
    for (const { requestsPerSecond, cpuMicroseconds } of running) {
      requestsPerSecond.length = 0;
      cpuMicroseconds.length = 0;
    }
    for (let round = 0; round < rounds; round++) {
      for (const contender of running) await runRound(contender, roundMs);
    }
  } finally {
    await Promise.all(running.flatMap(({ server, load }) => [server.stop(), load.stop()]));
  }

  const rates = (name: string): readonly number[] =>
    running.find((contender) => contender.name === name)?.requestsPerSecond ?? [];
  const ratios = (a: string, b: string) => summarise(pairwise(rates(a), rates(b), (x, y) => x / y));
  return {
    title: 'The Node server, 32 connections',
    columns: ['server, caller', 'requests/s (quartiles)', 'processor µs a request', 'times Express'],
    rows: running.map(({ name, caller, requestsPerSecond, cpuMicroseconds }) => [
      name,
      withSpread(summarise(requestsPerSecond), 0),
      withSpread(summarise(cpuMicroseconds), 0),
      withSpread(ratios(name, `tutorial’s Express, ${caller}`), 2),
    ]),
    verdicts: CALLERS.map((caller) => {
      const { median } = ratios(`ours, ${caller}`, `tutorial’s Express, ${caller}`);
      return atLeast(`Node server, ${caller}: at least 3.4 times the tutorial’s Express server`, 3.4, median);
    }),
  };
}

function contendersFor(caller: Caller): readonly Contender[] {
  const tutorial = { caller, cookie: tutorialCookie(caller) };
  return [
    { name: `bare node:http, ${caller}`, entry: 'dev/bench/contenders/bare-server.ts', ...tutorial },
    { name: `ours, ${caller}`, entry: 'dev/bench/contenders/our-server.ts', caller, cookie: ourCookie(caller) },
    { name: `tutorial’s Express, ${caller}`, entry: 'dev/bench/tutorial/express-server.ts', ...tutorial },
  ];
}

async function start(contender: Contender, workshop: Workshop): Promise<Running> {
  const { name, entry, cookie, caller } = contender;
  const host = await workshop.make('dev/bench/programs/server-host.ts');
  const loader = await workshop.make('dev/bench/programs/load.ts');
  const made = await workshop.make(entry);
  // As Express itself advises for production: it then spares itself some work.
  const env = { ...SETTINGS, NODE_ENV: 'production' };
  const server = new Companion(host.path, [pathToFileURL(made.path).href], env);
  const { port } = await server.hear<{ port: number }>();
  const headers = { ...(cookie && { cookie }), 'sec-fetch-site': 'same-origin' };
  const answer = await fetch(`http://127.0.0.1:${port}/auth`, { headers });
  checkAnswer(name, await answer.text(), caller);
  const load = new Companion(loader.path, ['/auth', cookie ?? ''], {});
  await load.hear();
  return { ...contender, server, load, port, requestsPerSecond: [], cpuMicroseconds: [] };
}

async function runRound(contender: Running, roundMs: number): Promise<void> {
  const { server, load, port, requestsPerSecond, cpuMicroseconds } = contender;
  const before = await server.ask<{ cpuMicroseconds: number }>({});
  const { requests, milliseconds } = await load.ask<{ requests: number; milliseconds: number }>({
    port,
    milliseconds: roundMs,
  });
  const after = await server.ask<{ cpuMicroseconds: number }>({});
  requestsPerSecond.push((requests * 1000) / milliseconds);
  cpuMicroseconds.push((after.cpuMicroseconds - before.cpuMicroseconds) / requests);
}
