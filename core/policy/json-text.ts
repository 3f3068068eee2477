/**
 * The text of a JSON policy to its value. Refuses a name that comes twice in one object: `JSON.parse` would keep the
 * last, and the rule that its author reads first would not be the one that holds.
 *
 * Not wire/bounded-json.ts: its bound on depth is for clients, and a policy nests deeper.
 */
import type { ConfigProblem } from '../config-problem.ts';
import { findJsonFault } from './json-fault.ts';
import { excerpt } from './shape-check.ts';

export interface ParsedPolicyText {
  readonly value: unknown;
}

/** @returns `undefined` beside a new problem; a name that comes twice is one as well, but the rest can be looked at */
export function parsePolicyText(
  written: string,
  setting: string,
  problems: ConfigProblem[],
): ParsedPolicyText | undefined {
  // Some editors begin a file with a byte order mark, which nobody sees.
  const text = written.replace(/^\ufeff/, '');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const { where, fix } = findJsonFault(text);
    problems.push({ setting, problem: `it is not JSON${where}`, fix });
    return undefined;
  }
  for (const name of repeatedNames(text)) {
    const problem = `${excerpt(name)} stands twice in one object`;
    problems.push({ setting, problem, fix: 'Keep one of the two' });
  }
  return { value };
}

/** @param text is JSON: between its strings, braces are objects */
function repeatedNames(text: string): readonly string[] {
  const open: Set<string>[] = [];
  const repeated = new Set<string>();
  for (const [piece, quoted, colon] of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}]/g)) {
    if (piece === '{') open.push(new Set());
    else if (piece === '}') open.pop();
    else if (quoted !== undefined && colon !== undefined) {
      // "a" and "\u0061" are the same name.
      const name = JSON.parse(quoted) as string;
      const names = open.at(-1);
      if (names?.has(name)) repeated.add(name);
      names?.add(name);
    }
  }
  return [...repeated];
}
