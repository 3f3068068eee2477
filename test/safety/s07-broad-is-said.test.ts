import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import shipped from '../../auth.config.ts';
import { broad, type Rule } from '../../index.ts';
import { authRequest, testEndpoint } from '../core/auth-request.ts';
import { uncheckedRules } from './naive/unchecked-rules.ts';
import { ablyPermits, expectRefusal } from './support.ts';

const MEANT = 'every visitor may read everything in this app';

const grants = (grant: unknown): readonly Rule[] => [{ name: 'a rule', grant: grant as Rule['grant'] }];
const problemsOf = (grant: unknown) => testEndpoint({ rules: grants(grant) }).problems;

const BROAD: readonly (readonly [string, string])[] = [
  ['*', 'publish'],
  ['*:chat', 'subscribe'],
  ['*:{sub}', 'subscribe'],
  ['[*]*', 'subscribe'],
  ['[*]room', 'subscribe'],
  ['[*]room:{sub}', 'subscribe'],
  ['[meta]*', 'subscribe'],
  ['[queue]*', 'subscribe'],
  ['team:*', '*'],
  ['team:*:log', '*'],
  ['team:{team}:*', '*'],
];

describe('S7 a broad grant', () => {
  it('is what a forgotten prefix looks like, and nobody notices where patterns are not checked', () => {
    const forgotten = JSON.stringify(uncheckedRules({}));
    expect(ablyPermits(forgotten, 'publish', 'payments:internal')).toBe(true);
    expect(problemsOf(uncheckedRules({}))).toHaveLength(1);
    expect(problemsOf(uncheckedRules({ CHANNEL_PREFIX: 'shop:' }))).toEqual([]);
  });

  it.each(BROAD)('%s with %s is a config error until it is written broad(...)', async (resource, operation) => {
    const unmarked = testEndpoint({ rules: grants({ [resource]: [operation] }) });
    expect(unmarked.problems).toHaveLength(1);
    expect(unmarked.problems[0]?.problem).toMatch(/^this grant is broad/);
    expectRefusal(await unmarked.handle(authRequest()), 503, 50000);
    expect(problemsOf({ [resource]: broad([operation] as never, MEANT) })).toEqual([]);
  });

  it.each([undefined, '', '   ', 7, true])('broad(...) with the reason %j gives none', (reason) => {
    expect(problemsOf({ '*': { operations: ['publish'], broad: reason } })).toHaveLength(1);
  });

  it.each(['room', 'room:*', 'room:*:log', 'user:{sub}', 'user:{sub}:*', '[meta]log', '[filter]room:*', 'room*', '**'])(
    '%s is not broad, and needs no reason',
    (resource) => {
      expect(problemsOf({ [resource]: ['subscribe'] })).toEqual([]);
    },
  );

  it('everything on one channel is not broad either', () => {
    expect(problemsOf({ 'user:{sub}': ['*'], room: ['*'] })).toEqual([]);
  });

  it('the shipped file says so once, with the reason', () => {
    const text = readFileSync(new URL('../../auth.config.ts', import.meta.url), 'utf8').replaceAll(/^\s*\/\/.*$/gm, '');
    expect(text.match(/broad\(/g)).toHaveLength(1);
    const marked = shipped
      .build({})
      .rules.flatMap(({ grant }) => Object.entries(grant))
      .filter(([, value]) => !Array.isArray(value));
    expect(marked).toEqual([['*', { operations: ['publish', 'subscribe'], broad: expect.stringMatching(/\w+ \w+/) }]]);
  });
});
