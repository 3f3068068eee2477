import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SAFETY_RULES, type SafetyRule } from './rules.ts';

const HERE = new URL('.', import.meta.url);
const ROOT = new URL('../../', import.meta.url);

const files = readdirSync(fileURLToPath(HERE))
  .filter((name) => /^s\d\d-.*\.test\.ts$/.test(name))
  .map((name) => ({ name, text: readFileSync(new URL(name, HERE), 'utf8') }));

/** The number in front of each title: `describe('S5 …')`. */
function titlesOf(text: string): readonly (number | undefined)[] {
  return [...text.matchAll(/^describe\(\s*['"`](?:S(\d+) )?/gm)].map(([, number]) => number && Number(number)) as (
    | number
    | undefined
  )[];
}

const filesOf = ({ number }: SafetyRule) =>
  files.filter(({ name }) => name.startsWith(`s${String(number).padStart(2, '0')}-`));

/** Files of ours, outside of this folder, that import something from it. */
function usersOf(folder: string): readonly string[] {
  const here = new URL(folder, ROOT).href;
  const all = ['adapters/', 'core/', 'dev/'].flatMap((top) =>
    readdirSync(fileURLToPath(new URL(top, ROOT)), { recursive: true }).map((name) => `${top}${name}`),
  );
  return [...all, 'index.ts', 'auth.config.ts'].filter((name) => {
    const file = new URL(name, ROOT);
    if (!name.endsWith('.ts') || file.href.startsWith(here)) return false;
    const specifiers = readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g);
    return [...specifiers].some(([, specifier = '']) => new URL(specifier, file).href.startsWith(here));
  });
}

describe('every rule is tested', () => {
  it('knows each rule once, from S1 to S20', () => {
    expect(SAFETY_RULES.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  for (const rule of SAFETY_RULES) {
    const { number, meaning, applies } = rule;
    // In use, it has to be tested: write s17-….test.ts.
    if (applies === 'now' || usersOf(applies.onceInUse).length > 0) {
      it(`S${number} has tests that name it, against something naive: ${meaning}`, () => {
        const own = filesOf(rule);
        expect(own.length).toBeGreaterThan(0);
        for (const { text } of own) {
          expect(titlesOf(text).length).toBeGreaterThan(0);
          expect(new Set(titlesOf(text))).toEqual(new Set([number]));
          expect(text).toMatch(/^\s+(?:it|it\.each\(.*\))\(/m);
        }
        expect(own.some(({ text }) => /naive\/[\w-]+\.ts/.test(text))).toBe(true);
      });
    } else {
      it(`S${number} does not apply yet: ${applies.because}`, () => {
        expect(filesOf(rule)).toEqual([]);
      });
    }
  }

  it('has no file for a rule that is not in the table', () => {
    const known = new Set(SAFETY_RULES.flatMap(filesOf).map(({ name }) => name));
    expect(files.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
  });

  it('uses every naive one that is kept', () => {
    const used = files.map(({ text }) => text).join('\n');
    const naive = readdirSync(fileURLToPath(new URL('naive/', HERE)));
    expect(naive.filter((name) => !used.includes(`naive/${name}`))).toEqual([]);
  });
});
