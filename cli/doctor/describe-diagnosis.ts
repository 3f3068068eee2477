/** What was found, for a person: a line for each check, and under those that matter why, and what to do. */
import type { Style, Terminal } from '../command.ts';
import type { Verdict } from './check.ts';
import type { CheckResult, Diagnosis } from './diagnose.ts';

const MARKS: Readonly<Record<Verdict, readonly [mark: string, style: Style]>> = {
  passes: ['ok', 'green'],
  fails: ['FAILS', 'red'],
  warns: ['warns', 'yellow'],
  info: ['info', 'cyan'],
  'not checked': ['-', 'dim'],
};
const MARK_WIDTH = 7;
const ID_WIDTH = 24;
const INDENT = ' '.repeat(MARK_WIDTH);
const LINE_WIDTH = 110;

export function describeDiagnosis(
  url: URL,
  { results, requests }: Diagnosis,
  { paint }: Pick<Terminal, 'paint'>,
): string {
  return [
    // What is in its query may be meant for the endpoint alone.
    paint('bold', `${url.origin}${url.pathname}`),
    '',
    ...results.flatMap((result) => describeResult(result, paint)),
    '',
    `${counts(results)}; ${requests} requests.`,
  ].join('\n');
}

function describeResult(result: CheckResult, paint: Terminal['paint']): readonly string[] {
  const { check, verdict, seen } = result;
  const [mark, style] = MARKS[verdict];
  const said = verdict === 'not checked' ? `not checked: ${seen}` : seen;
  const first = `${paint(style, mark.padEnd(MARK_WIDTH))}${check.id.padEnd(ID_WIDTH)}`;
  const lines = hang(first, MARK_WIDTH + ID_WIDTH, said);
  if (verdict !== 'fails' && verdict !== 'warns') return lines;
  const more = [
    ['should', check.title],
    ['why', `${check.why} (${check.source})`],
    ['do', fixOf(result)],
  ] as const;
  return [
    ...lines,
    ...more.flatMap(([word, text]) => hang(`${INDENT}${paint('dim', word.padEnd(MARK_WIDTH))}`, 2 * MARK_WIDTH, text)),
  ];
}

/** @param width of `first` as it is seen, below which the other lines start */
function hang(first: string, width: number, text: string): readonly string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && width + line.length + 1 + word.length > LINE_WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line, index) => `${index === 0 ? first : ' '.repeat(width)}${line}`);
}

export function fixOf({ fix, check }: CheckResult): string {
  return fix ?? check.fix;
}

const COUNTED: readonly (readonly [verdict: Verdict, one: string, many: string])[] = [
  ['passes', 'passes', 'pass'],
  ['fails', 'fails', 'fail'],
  ['warns', 'warns', 'warn'],
  ['info', 'informs', 'inform'],
  ['not checked', 'not checked', 'not checked'],
];

function counts(results: readonly CheckResult[]): string {
  const parts = COUNTED.flatMap(([verdict, one, many]) => {
    const count = results.filter((result) => result.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  });
  return `${results.length} ${results.length === 1 ? 'check' : 'checks'}: ${parts.join(', ')}`;
}
