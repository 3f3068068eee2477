/** A limit that honest clients would meet is warned of; one that is wrong is an error elsewhere. */
import { describe, expect, it } from 'vitest';
import { anonymous, lintPolicy, type RateLimitOptions } from '../../../index.ts';

function lint(rateLimit: RateLimitOptions | false): readonly string[] {
  const rules = [{ name: 'all', when: { kind: 'anonymous' }, grant: { news: ['subscribe'] } }] as const;
  return lintPolicy({ sources: [anonymous()], rules, rateLimit })
    .filter(({ setting }) => setting.startsWith('rateLimit'))
    .map(({ severity, fix }) => `${severity}: ${fix}`);
}

describe('lint of a rate limit', () => {
  it.each<[RateLimitOptions | false, readonly string[]]>([
    [false, []],
    [{ requests: 60, per: '1m' }, []],
    [{ requests: 10, per: '1m' }, []],
    [{ requests: 10, per: '1s' }, []],
    [{ requests: 9, per: '1m' }, ['warning: Write 10 or more']],
    [{ requests: 5, per: '1s' }, ['warning: Write 10 or more']],
    [{ requests: 49, per: '5m' }, ['warning: Write 50 or more']],
    [{ requests: 59, per: '1d' }, ['warning: Write 60 or more']],
    [{ requests: 60, per: '1d' }, []],
  ])('%j', (limit, said) => {
    expect(lint(limit)).toEqual(said);
  });
});
