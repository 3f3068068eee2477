import { describe, expect, it } from 'vitest';
import { parseDurationMs } from '../../core/duration.ts';

describe('parseDurationMs', () => {
  it.each([
    ['0s', 0],
    ['1s', 1_000],
    ['90s', 90_000],
    ['15m', 900_000],
    ['1h', 3_600_000],
    ['24h', 86_400_000],
    ['1d', 86_400_000],
    [' 1h ', 3_600_000],
    ['999999999d', 86_399_999_913_600_000],
  ])('reads %j as %i ms', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
    expect(ms % 1000).toBe(0);
  });

  it.each([
    '',
    's',
    '60',
    '3600000',
    '1.5h',
    '-1h',
    '+1h',
    '1 h',
    '1H',
    '1ms',
    '1w',
    '1h30m',
    '1e3s',
    '1000000000s',
    '１h',
  ])('does not guess at %j', (text) => {
    expect(parseDurationMs(text)).toBeUndefined();
  });
});
