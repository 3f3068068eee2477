/** Every fenced block on any page is checked by something: by its language, by the file it is an excerpt of, or by what unchecked.ts says. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ConfigProblem } from '../../core/config-problem.ts';
import { readJsonPolicy } from '../../core/policy/json-policy.ts';
import { ROOT } from '../house/source-files.ts';
import { problemsIn } from './check-command.ts';
import { BLOCKS, type Block, PAGES, placeOf } from './pages.ts';
import { commandsOf } from './shell.ts';
import { isUnchecked, unusedReasons } from './unchecked.ts';

const inLanguage = (...languages: readonly string[]) =>
  BLOCKS.filter(({ language }) => languages.includes(language)).map((block) => [placeOf(block), block] as const);

const EXCERPTS = BLOCKS.filter(({ note }) => note !== undefined && isPath(note));

function isPath(note: string): boolean {
  return /^[\w.-]+(\/[\w.[\]-]+)+$/.test(note);
}

const isChecked = (block: Block): boolean =>
  /^(ts|js|json|sh|yaml)$/.test(block.language) ||
  EXCERPTS.includes(block) ||
  block.note?.startsWith('run by ') === true;

describe('blocks on the pages', () => {
  it('are found', () => {
    expect(PAGES.length).toBeGreaterThan(40);
    expect(BLOCKS.length).toBeGreaterThan(90);
  });

  it('are each checked by something, or said not to be, with the reason', () => {
    expect(BLOCKS.filter((block) => !isChecked(block) && !isUnchecked(block)).map(placeOf)).toEqual([]);
    expect(unusedReasons(BLOCKS)).toEqual([]);
  });

  it('have a note of a kind that means something', () => {
    const odd = BLOCKS.filter(
      ({ note = 'a.ts' }) =>
        !isPath(note) && !/^[\w.-]+\.[jt]s$|^(not run: |run by ).+|^(end of )?[\w :-]+$/.test(note),
    );
    expect(odd.map(placeOf)).toEqual([]);
  });

  it('are run by the test that they name', () => {
    for (const { note = '', page } of BLOCKS) {
      const [, test] = /^run by (\S+)$/.exec(note) ?? [];
      if (test !== undefined) expect(readFileSync(join(ROOT, test), 'utf8'), test).toContain(page);
    }
  });
});

describe('an excerpt', () => {
  it.each(EXCERPTS.map((block) => [placeOf(block), block] as const))('is in its file, line by line: %s', (_, block) => {
    const path = join(ROOT, block.note ?? '');
    expect(existsSync(path), block.note).toBe(true);
    const file = unindented(readFileSync(path, 'utf8').replaceAll(/'(\.\.\/)+index\.ts'/g, "'ably-auth-functions'"));
    expect(file).toContain(unindented(block.code));
  });
});

/** An excerpt may stand further to the left than in its file. */
function unindented(text: string): string {
  return text
    .replaceAll(/^[ \t]+/gm, '')
    .replaceAll(/\s+$/gm, '')
    .trim();
}

describe('JSON', () => {
  const schema = JSON.parse(readFileSync(join(ROOT, 'policy.schema.json'), 'utf8'));
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

  it.each(inLanguage('json'))('is JSON, and a policy is one that the functions take: %s', (_, { code }) => {
    const value = JSON.parse(code) as { rules?: unknown } | null;
    if (value === null || typeof value !== 'object' || !('rules' in value)) return;
    expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
    const problems: ConfigProblem[] = [];
    readJsonPolicy(code, 'ABLY_AUTH_POLICY', problems);
    expect(problems).toEqual([]);
  });
});

describe('YAML', () => {
  it.each(inLanguage('yaml'))('is YAML: %s', (_, { code }) => {
    expect(typeof parse(code)).toBe('object');
  });
});

describe('commandsOf', () => {
  it('reads quotes, pipes, what is put in, and lines that go on', () => {
    const commands = commandsOf(`A=1 b 'c d' "e $(f | g ')')" \\\n  h # i\nJ=$(k "l \\" m") && n`);
    expect(commands.map(({ words }) => words)).toEqual([
      ['f'],
      ['g', ')'],
      ['b', 'c d', 'e ', 'h'],
      ['k', 'l " m'],
      ['n'],
    ]);
    expect(commands[2]?.settings).toEqual(['A=1']);
  });
});

describe('a command', () => {
  // A reader goes on in the same shell: a `cd` of one block counts in the next.
  const pages = [...new Set(BLOCKS.filter(({ language }) => language === 'sh').map(({ page }) => page))];

  it.each(pages)('is one that there is: %s', (page) => {
    const blocks = BLOCKS.filter((block) => block.page === page && block.language === 'sh');
    const folder = /^(examples|infra)\/(?!aws|terraform)/.test(page) ? dirname(page) : '.';
    expect(
      problemsIn(
        blocks.flatMap(({ code }) => commandsOf(code)),
        folder,
      ),
    ).toEqual([]);
  });

  it('would be found if there were none', () => {
    const problemsOf = (code: string) => problemsIn(commandsOf(code), '.');
    expect(problemsOf('npm run nothing')).toHaveLength(1);
    expect(problemsOf('X=1 npx ably-auth-functions lint --no-such-thing | nothing')).toHaveLength(2);
    expect(problemsOf('npx ably-auth-functions nothing')).toHaveLength(1);
    expect(problemsOf('git clone https://x.example/OWNER/REPO a && cd a && npx ably-auth-functions lint')).toHaveLength(
      1,
    );
    expect(problemsOf('cd nothing && node nothing.mjs # npm run nothing')).toHaveLength(2);
    expect(problemsOf('export ABLY_NOTHING=1 "$(nothing)"')).toHaveLength(2);
    expect(() => problemsOf('node -e "import ("')).toThrow();
  });
});
