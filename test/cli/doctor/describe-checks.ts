/** The checks as docs/doctor.md has them. */
import type { Check } from '../../../cli/doctor/check.ts';

export function describeChecks(checks: readonly Check[]): string {
  return checks
    .map(({ id, title, why, source, fix }) =>
      [
        `### ${id}`,
        '',
        `*${title}.*`,
        '',
        `- Who breaks: ${why}`,
        `- How that is known: ${source}.`,
        `- What to do: ${fix}`,
        '',
      ].join('\n'),
    )
    .join('\n');
}
