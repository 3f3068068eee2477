/**
 * Warm: one event to one answer, through the Lambda handler, no network. Every contender has a process of its own, and
 * one of them works at a time, in turn, so that a slow moment of the machine meets all of them.
 */
import { pathToFileURL } from 'node:url';
import { OUR_LAMBDA } from '../bundle.ts';
import { type Caller, eventJson, ourCookie, SETTINGS, tutorialCookie } from '../callers.ts';
import { Companion, type Settings } from '../children.ts';
import { atLeast, atMost, type Section, withSpread } from '../report.ts';
import { checkAnswer } from '../requests.ts';
import { pairwise, summarise } from '../stats.ts';
import type { Workshop } from '../workshop.ts';

interface Contender {
  readonly name: string;
  readonly caller: Caller;
  readonly entry: string;
  readonly cookie: string | undefined;
  readonly env: Settings;
}

const CALLERS: readonly Caller[] = ['anonymous', 'signed-in'];
const REQUESTS_A_ROUND = 2_000;
/** Until the optimising compiler has seen everything. */
const WARM_UP_ROUNDS = 10;

export async function measureWarm(workshop: Workshop): Promise<Section> {
  const contenders = CALLERS.flatMap(contendersFor);
  const rounds = workshop.quick ? 8 : 60;
  const companions = await Promise.all(contenders.map((contender) => start(contender, workshop)));
  const microseconds = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  try {
    for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
      for (const [index, { name }] of contenders.entries()) {
        const took = await companions[index]?.ask<{ microseconds: number }>({ count: REQUESTS_A_ROUND });
        if (round >= 0 && took) microseconds.get(name)?.push(took.microseconds);
      }
    }
  } finally {
    await Promise.all(companions.map((companion) => companion.stop()));
  }

  const of = (name: string): readonly number[] => microseconds.get(name) ?? [];
  const ratio = (a: string, b: string): number => summarise(pairwise(of(a), of(b), (x, y) => x / y)).median;
  return {
    title: 'Warm: one event to one answer',
    columns: ['handler, caller', 'µs a request (quartiles)', 'times the bare cost'],
    rows: contenders.map(({ name, caller }) => [
      name,
      withSpread(summarise(of(name))),
      withSpread(summarise(pairwise(of(name), of(`bare, ${caller}`), (x, y) => x / y)), 2),
    ]),
    verdicts: CALLERS.flatMap((caller) => [
      atMost(`warm, ${caller}: at most 3 times the bare cost`, 3, ratio(`ours, ${caller}`, `bare, ${caller}`)),
      atLeast(
        `warm, ${caller}: at least 1.5 times the tutorial’s throughput`,
        1.5,
        ratio(`tutorial, ${caller}`, `ours, ${caller}`),
      ),
    ]),
  };
}

function contendersFor(caller: Caller): readonly Contender[] {
  const ours = { caller, entry: OUR_LAMBDA, cookie: ourCookie(caller) };
  const others = { caller, env: SETTINGS, cookie: tutorialCookie(caller) };
  return [
    { name: `bare, ${caller}`, entry: 'dev/bench/contenders/bare-lambda.ts', ...others },
    { name: `ours, ${caller}`, env: SETTINGS, ...ours },
    { name: `ours with its log, ${caller}`, env: { ...SETTINGS, ABLY_AUTH_LOG: 'json' }, ...ours },
    { name: `tutorial, ${caller}`, entry: 'dev/bench/tutorial/lambda.ts', ...others },
    { name: `tutorial with one client, ${caller}`, entry: 'dev/bench/tutorial/lambda-one-client.ts', ...others },
  ];
}

async function start({ name, entry, env, cookie, caller }: Contender, workshop: Workshop): Promise<Companion> {
  const host = await workshop.make('dev/bench/programs/lambda-host.ts');
  const handler = await workshop.make(entry);
  const companion = new Companion(host.path, [pathToFileURL(handler.path).href, eventJson(cookie)], env);
  const { result } = await companion.hear<{ result: { body: string } }>();
  checkAnswer(name, result.body, caller);
  return companion;
}
