/** docs/scale.md: its tables are what is computed now, its assumptions hold against what was measured, its prose has no number. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_STALE_AFTER_MS } from '../../core/keys/key-ring.ts';
import { DEFAULT_TTL_MS } from '../../core/limits.ts';
import {
  ASSUMED,
  KEY_REFRESH_SECONDS,
  PLANS,
  RENEWAL_LEAD_SECONDS,
  TEMPLATE_THROTTLE_PER_SECOND,
} from '../../dev/capacity/figures.ts';
import { withTables } from '../../dev/capacity/page.ts';
import { concurrency, renewalsPerSecond } from '../../dev/capacity/tables.ts';
import { ROOT } from '../house/source-files.ts';

const read = (file: string): Promise<string> => readFile(join(ROOT, file), 'utf8');
const page = await read('docs/scale.md');

describe('docs/scale.md', () => {
  it('has the tables that are computed now', () => {
    expect(withTables(page)).toBe(page);
  });

  it('has no number outside of them but what callers get', () => {
    const prose = page.replace(/<!-- table: \w+ -->[\s\S]*?<!-- end -->/g, '').replace(/`[^`]*`|\]\([^)]*\)/g, '');
    expect(prose.match(/\d+(?:[.,]\d+)*/g)?.filter((number) => !['403', '429', '503'].includes(number))).toEqual([]);
  });

  it('says in words what the code has: five minutes, an hour, a day', () => {
    expect([KEY_REFRESH_SECONDS, DEFAULT_TTL_MS, DEFAULT_STALE_AFTER_MS]).toEqual([5 * 60, 3_600_000, 86_400_000]);
  });

  it('takes the limits of our own templates and of the local service from where they are', async () => {
    const parameters = await read('infra/aws/fragments/parameters.yml');
    const [, throttle] = /ThrottleRate:\n {4}Type: Number\n {4}Default: (\d+)/.exec(parameters) ?? [];
    expect(Number(throttle)).toBe(TEMPLATE_THROTTLE_PER_SECOND);
    expect(await read('dev/ably-service/ably-service.ts')).toContain(`renewalLeadMs = ${RENEWAL_LEAD_SECONDS}_000`);
    expect(await read('core/keys/key-ring.ts')).toContain(`refreshAfterMs: ${KEY_REFRESH_SECONDS}_000`);
  });

  it('assumes more of a request than was measured, many times over', async () => {
    const figures = await read('docs/benchmarks.md');
    const warmUs = [...figures.matchAll(/^\| ours[^|]*\| ([\d.]+) \(/gm)].map(([, us]) => Number(us));
    const coldMs = [...figures.matchAll(/^\| ours, Secrets Manager \| [^|]*\| ([\d.]+) \(/gm)].map(([, ms]) =>
      Number(ms),
    );
    expect([warmUs.length > 3, coldMs.length > 0]).toEqual([true, true]);
    expect(ASSUMED.warmMs * 1_000).toBeGreaterThan(10 * Math.max(...warmUs.filter((us) => us < 1_000)));
    expect(ASSUMED.coldMs).toBeGreaterThan(2 * Math.max(...coldMs));
  });

  it('reaches conclusions that the figures bear', () => {
    // "A plan runs out of connections long before it runs out of TokenRequests", by the default life.
    for (const { connections, tokenRequestsPerHour } of PLANS) {
      expect(renewalsPerSecond(connections, DEFAULT_TTL_MS / 1_000) * 3_600).toBeLessThan(tokenRequestsPerHour / 5);
    }
    // "Signing is not what limits it": the largest number of clients keeps few environments busy.
    expect(concurrency(renewalsPerSecond(100_000_000, 3_600), ASSUMED.warmMs)).toBeLessThan(1_000);
    // Two thousand a second, five milliseconds each: ten at once.
    expect([concurrency(2_000, 5), renewalsPerSecond(1_000, 3_630)]).toEqual([10, 1_000 / 3_600]);
  });
});
