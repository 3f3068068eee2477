/** What a deployer may write, and what becomes of it. */
import { describe, expect, it } from 'vitest';
import type { ConfigProblem } from '../../../core/config-problem.ts';
import { readRateLimit } from '../../../core/rate-limit/rate-limit.ts';

function read(written: unknown, text?: string) {
  const problems: ConfigProblem[] = [];
  const limit = readRateLimit(written as never, { ABLY_AUTH_RATE_LIMIT: text }, problems);
  return problems.length > 0 ? problems.map(({ setting, problem }) => `${setting}: ${problem}`) : limit;
}

describe('the rate limit', () => {
  it('is off unless somebody says it', () => {
    expect([read(undefined), read(undefined, '')]).toEqual([undefined, undefined]);
  });

  it('is read from the config, which beats the environment, and from there', () => {
    const ten = { requests: 10, per: '1h' };
    expect(read(ten, '60/1m')).toEqual({ requests: 10, perMs: 3_600_000, strangersBy: 'address' });
    expect(read(false, '60/1m')).toBeUndefined();
    expect(read(undefined, ' 60/1m ')).toEqual({ requests: 60, perMs: 60_000, strangersBy: 'address' });
    expect(read({ ...ten, strangersBy: 'nothing' })).toMatchObject({ strangersBy: 'nothing' });
  });

  it.each([
    '60',
    '60/m',
    '60 per minute',
    '0/1m',
    '1.5/1m',
    '-1/1m',
    '60/1m/1h',
    '60/0s',
    '60/2d',
    'never-shown/1m',
    '60/1w',
  ])('is a config error, without the value: %j', (text) => {
    const said = read(undefined, text);
    expect(said).toEqual([expect.stringMatching(/^ABLY_AUTH_RATE_LIMIT: /)]);
    expect(String(said)).not.toContain('never-shown');
  });

  it.each([
    {},
    null,
    true,
    60,
    '60/1m',
    [],
    { requests: 60 },
    { per: '1m' },
    { requests: '60', per: '1m' },
    { requests: 0, per: '1m' },
    { requests: 1_000_001, per: '1m' },
    { requests: Number.NaN, per: '1m' },
    { requests: 60, per: 60 },
    { requests: 60, per: '1m', strangersBy: 'cookie' },
  ])('is a config error: %j', (written) => {
    expect(read(written)).toEqual([expect.stringMatching(/^rateLimit/)]);
  });
});
