/**
 * What a measure hands back, and how it is written down: the same tables for the terminal and for docs/benchmarks.md.
 */
import type { Summary } from './stats.ts';

export interface Section {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly verdicts: readonly Verdict[];
}

/** A budget of the design, and whether it held this time. */
export interface Verdict {
  readonly budget: string;
  readonly seen: string;
  readonly holds: boolean;
}

const VERDICT_COLUMNS = ['budget', 'seen', 'verdict'];

export function atMost(budget: string, limit: number, seen: number, text = seen.toFixed(2)): Verdict {
  return { budget, seen: text, holds: seen <= limit };
}

export function atLeast(budget: string, limit: number, seen: number, text = seen.toFixed(2)): Verdict {
  return { budget, seen: text, holds: seen >= limit };
}

/** `12.3 (11.9–14.0)`: the median and the quartiles around it. */
export function withSpread({ median, lowerQuartile, upperQuartile }: Summary, digits = 1): string {
  return `${median.toFixed(digits)} (${lowerQuartile.toFixed(digits)}–${upperQuartile.toFixed(digits)})`;
}

export function asText({ title, columns, rows, verdicts }: Section): string {
  const lines = [title, ...alignedTable(columns, rows)];
  for (const { budget, seen, holds } of verdicts) lines.push(`${holds ? 'holds ' : 'missed'}  ${budget}: ${seen}`);
  return `${lines.join('\n  ')}\n`;
}

export function asMarkdown(sections: readonly Section[]): string {
  const verdicts = sections.flatMap((section) => section.verdicts);
  return [
    '### Budgets',
    markdownTable(VERDICT_COLUMNS, verdicts.map(verdictRow)),
    ...sections.flatMap(({ title, columns, rows }) => [`### ${title}`, markdownTable(columns, rows)]),
  ].join('\n\n');
}

function verdictRow({ budget, seen, holds }: Verdict): readonly string[] {
  return [budget, seen, holds ? 'holds' : '**missed**'];
}

function markdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = line(columns.map((_, index) => (index === 0 ? '---' : '---:')));
  return [line(columns), rule, ...rows.map(line)].join('\n');
}

function alignedTable(columns: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((name, index) => Math.max(name.length, ...rows.map((row) => row[index]?.length ?? 0)));
  return [columns, ...rows].map((row) =>
    row
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join('  '),
  );
}
