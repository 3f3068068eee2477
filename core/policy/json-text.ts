/**
 * The text of a JSON policy to its value. Refuses a name that comes twice in one object: `JSON.parse` would keep the
 * last, and the rule that its author reads first would not be the one that holds.
 *
 * Not wire/bounded-json.ts: its bound on depth is for clients, and a policy nests deeper.
 */
import type { ConfigProblem } from '../config-problem.ts';
import { excerpt } from './shape-check.ts';

export interface ParsedPolicyText {
  readonly value: unknown;
  readonly problemsBefore: number;
}

/** @returns `undefined` beside a new problem */
export function parsePolicyText(
  text: string,
  setting: string,
  problems: ConfigProblem[],
): ParsedPolicyText | undefined {
  const problemsBefore = problems.length;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    problems.push({ setting, problem: `it is not JSON${placeOf(error, text)}`, fix: 'Mend it there' });
    return undefined;
  }
  for (const name of repeatedNames(text, value)) {
    const problem = `${excerpt(name)} stands twice in one object`;
    problems.push({ setting, problem, fix: 'Keep one of the two' });
  }
  return { value, problemsBefore };
}

/** The message of the error quotes the text on some versions of Node; only the position is taken from it. */
function placeOf(error: unknown, text: string): string {
  const position = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined;
  if (position === undefined) return '';
  const before = text.slice(0, Number(position)).split('\n');
  return ` at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** Names that the text writes more often than the value has them. */
function repeatedNames(text: string, value: unknown): readonly string[] {
  const counts = new Map<string, number>();
  for (const [, quoted, colon] of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?/g)) {
    if (colon === undefined || quoted === undefined) continue;
    const name = JSON.parse(quoted) as string;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    for (const [name, member] of Object.entries(next)) {
      if (!Array.isArray(next)) counts.set(name, (counts.get(name) ?? 0) - 1);
      open.push(member);
    }
  }
  return [...counts].filter(([, count]) => count > 0).map(([name]) => name);
}
