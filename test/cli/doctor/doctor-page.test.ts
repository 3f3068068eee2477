/** docs/doctor.md has a paragraph for each check, in the code's own words, and says the limits that the code keeps. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EVERY_CHECK } from '../../../cli/doctor/every-check.ts';
import { MAX_REQUESTS } from '../../../cli/doctor/visit.ts';
import { ROOT } from '../../house/source-files.ts';
import { describeChecks } from './describe-checks.ts';

const page = readFileSync(join(ROOT, 'docs/doctor.md'), 'utf8');

describe('docs/doctor.md', () => {
  it('describes the checks as they are', () => {
    const [, described] = page.split('## The checks\n\n');
    expect(described).toBe(describeChecks(EVERY_CHECK));
  });

  it('says how often the endpoint is asked', () => {
    expect(page).toContain(`At most ${MAX_REQUESTS} requests`);
  });
});

describe('a check', () => {
  it('has a name of its own, which is an anchor as it stands', () => {
    const ids = EVERY_CHECK.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z]+(-[a-z]+)*$/.test(id))).toEqual([]);
  });
});
