/** The Swift and Dart of the examples, parsed: their compilers are on no registry. What they mean is not looked at. */
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createScratch, PLATFORMS, PROJECT } from '../support/scratch.ts';

const scratch = createScratch('phones');
afterAll(() => scratch.remove());

const FILES = ['ios', 'flutter'].flatMap((example) => {
  const folder = join(PROJECT, 'examples', example);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(swift|dart)$/.test(path) && !/\.build|\.dart_tool|Pods/.test(path))
    .map((path) => join(folder, path));
});

/** Each with a single slip, as one makes it. */
const SLIPS: Readonly<Record<string, string>> = {
  'no-value.swift': 'func a() {\n  let b =\n}\n',
  'open-bracket.swift': 'func a() {\n  call((1)\n}\n',
  'no-end.swift': 'struct A {\n  func b() {\n}\n',
  'no-value.dart': 'void a() {\n  final b = ;\n}\n',
  'open-bracket.dart': 'void a() {\n  call((1);\n}\n',
  'no-end.dart': 'class A {\n  void b() {\n}\n',
};

function mistakesIn(paths: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const program = join(PLATFORMS, 'phones/parse.mjs');
  return JSON.parse(execFileSync(process.execPath, [program, ...paths], { encoding: 'utf8' }));
}

describe('the examples for phones', () => {
  const slips = Object.entries(SLIPS).map(([name, text]) => {
    const path = join(scratch.path, name);
    writeFileSync(path, text);
    return path;
  });
  const mistakes = mistakesIn([...FILES, ...slips]);

  it('are found', () => {
    expect(FILES.filter((path) => path.endsWith('.swift')).length).toBeGreaterThanOrEqual(3);
    expect(FILES.filter((path) => path.endsWith('.dart')).length).toBeGreaterThanOrEqual(3);
  });

  it.each(FILES.map((path) => path.slice(PROJECT.length)))('%s is of its language', (path) => {
    expect(mistakes[join(PROJECT, path)]).toEqual([]);
  });

  it.each(slips)('a slip is found out: %s', (path) => {
    expect(mistakes[path]).not.toEqual([]);
  });
});
