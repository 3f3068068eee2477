/**
 * How the cost of one answer grows with what it has to read: rules, granted resources, requested ones. Says the
 * microseconds of each round, by size.
 *
 * The wire takes 100 requested resources at most (S15), so that those are handed to the steps behind it.
 */

import { createEnvironmentKeySource } from '../../../adapters/key-sources/environment.ts';
import { canonicalCapability } from '../../../core/capability/canonical.ts';
import { parseCapability } from '../../../core/capability/parse.ts';
import type { ConfigProblem } from '../../../core/config-problem.ts';
import type { AuthRequest } from '../../../core/http.ts';
import { compilePolicy } from '../../../core/policy/compile-policy.ts';
import { decide } from '../../../core/policy/decide.ts';
import type { Rule } from '../../../core/policy/rule.ts';
import { parseBoundedJson } from '../../../core/wire/bounded-json.ts';
import { anonymous, configureEndpoint, defineAuth } from '../../../index.ts';
import { API_KEY } from '../requests.ts';

type Answer = () => Promise<unknown> | unknown;

const SIZES = [10, 100, 1_000];
/** Resources handled in one round, whatever the size. */
const WORK = 20_000;

const request: AuthRequest = { method: 'GET', query: [], headers: new Map(), cookies: [], body: '', platform: {} };
const subscribe = ['subscribe'] as const;

const SHAPES: Readonly<Record<string, (size: number) => Answer>> = {
  rules: (size) => answerWith(numbered(size, (i) => ruleFor([`room:${i}`], `rule ${i}`))),
  granted: (size) => answerWith([ruleFor(numbered(size, (i) => `room:${i}`))]),
  'granted and requested': narrowing,
};

const [, , rounds = '1'] = process.argv;
const results: Record<string, Record<number, number[]>> = {};
const contenders = Object.entries(SHAPES).flatMap(([shape, make]) =>
  SIZES.map((size) => ({ shape, size, answer: make(size) })),
);
for (let round = -2; round < Number(rounds); round++) {
  for (const { shape, size, answer } of contenders) {
    const count = WORK / size;
    const startedAt = process.hrtime.bigint();
    for (let i = 0; i < count; i++) await answer();
    const microseconds = Number(process.hrtime.bigint() - startedAt) / 1000 / count;
    if (round < 0) continue;
    results[shape] ??= {};
    results[shape][size] ??= [];
    results[shape][size].push(microseconds);
  }
}
process.send?.({ results });
process.disconnect();

function answerWith(rules: readonly Rule[]): Answer {
  const endpoint = configureEndpoint({
    definition: defineAuth(() => ({ sources: [anonymous()], rules })),
    env: {},
    keySource: { ok: true, source: createEnvironmentKeySource({ ABLY_API_KEY: API_KEY }) },
  });
  return async () => {
    const { status, body } = await endpoint.handle(request);
    if (status !== 200) throw new Error(body);
  };
}

/** Every grant is a namespace, every wish one channel in it: what is read, matched and written grows together. */
function narrowing(size: number): Answer {
  const problems: ConfigProblem[] = [];
  const policy = compilePolicy([ruleFor(numbered(size, (i) => `room${i}:*`))], problems);
  const wish = JSON.stringify(Object.fromEntries(numbered(size, (i) => [`room${i}:chat`, subscribe])));
  const identity = { source: 'anonymous', subject: '', kind: 'anonymous', claims: {} } as const;
  return () => {
    const json = parseBoundedJson(wish);
    const parsed = json.ok ? parseCapability(json.value) : json;
    if (!parsed.ok) throw new Error('The wish cannot be read');
    const { capability } = decide(policy, identity, '', { requestedCapability: parsed.capability });
    if (capability.size !== size) throw new Error('The wish was not granted');
    return canonicalCapability(capability);
  };
}

function ruleFor(resources: readonly string[], name = 'everybody'): Rule {
  return { name, when: { kind: 'anonymous' }, grant: Object.fromEntries(resources.map((text) => [text, subscribe])) };
}

function numbered<T>(size: number, make: (index: number) => T): T[] {
  return Array.from({ length: size }, (_, index) => make(index));
}
