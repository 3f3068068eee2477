import { describe, expect, it } from 'vitest';
import type { ConfigProblem } from '../../../core/config-problem.ts';
import { readTokenFormat, readTtlMs } from '../../../core/token/token-options.ts';

describe('readTtlMs', () => {
  it.each([
    ['60s', 60_000],
    ['1m', 60_000],
    ['24h', 86_400_000],
    ['1d', 86_400_000],
  ])('S8: reads %j as %i ms', (text, ms) => {
    const problems: ConfigProblem[] = [];
    expect(readTtlMs(text, 'ttl', problems)).toBe(ms);
    expect(problems).toEqual([]);
  });

  it.each([
    ['59s', 'it is less than a minute or more than 24 hours'],
    ['0s', 'it is less than a minute or more than 24 hours'],
    ['86401s', 'it is less than a minute or more than 24 hours'],
    ['2d', 'it is less than a minute or more than 24 hours'],
    ['3600', 'it is not a duration'],
    ['an hour', 'it is not a duration'],
  ])('never clamps %j, and says what is wrong with it', (text, problem) => {
    const problems: ConfigProblem[] = [];
    expect(readTtlMs(text, 'rules[0].ttl', problems)).toBeUndefined();
    expect(problems).toEqual([
      { setting: 'rules[0].ttl', problem, fix: 'Write a number with its unit: 900s, 15m, 1h' },
    ]);
  });
});

describe('readTokenFormat', () => {
  it.each(['token-request', 'jwt', 'ably-token', 'embedded-jwt', 'auto'])('knows %s', (format) => {
    const problems: ConfigProblem[] = [];
    expect(readTokenFormat(format, 'tokenFormat', problems)).toBe(format);
    expect(problems).toEqual([]);
  });

  it.each(['JWT', 'token', '', ' jwt', 'toString'])(
    'names the formats there are when it does not know %j',
    (format) => {
      const problems: ConfigProblem[] = [];
      expect(readTokenFormat(format, 'ABLY_AUTH_TOKEN_FORMAT', problems)).toBeUndefined();
      expect(problems).toEqual([
        {
          setting: 'ABLY_AUTH_TOKEN_FORMAT',
          problem: 'it is not a token format',
          fix: 'Write one of token-request, jwt, ably-token, embedded-jwt, auto',
        },
      ]);
    },
  );
});
