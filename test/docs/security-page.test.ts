/** docs/security.md: every threat names its rule and a test that is there and is about it; every rule has a threat. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../house/source-files.ts';
import { SAFETY_RULES } from '../safety/rules.ts';
import { textOf } from './pages.ts';

const PAGE = textOf('docs/security.md');
const RULES = SAFETY_RULES.map(({ number }) => `S${number}`);

interface Threat {
  readonly id: string;
  readonly attacker: string;
  readonly rule: string;
  readonly tests: readonly string[];
}

const THREATS: readonly Threat[] = [...PAGE.matchAll(/^\| (T\d+) \| (A\d) \| .+ \| .+ \| (\S+) \| (.+) \|$/gm)].map(
  ([, id = '', attacker = '', rule = '', tests = '']) => ({
    ...{ id, attacker, rule },
    tests: [...tests.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path),
  }),
);

describe('docs/security.md', () => {
  it('counts its threats without a gap', () => {
    expect(THREATS.length).toBeGreaterThan(40);
    expect(THREATS.map(({ id }) => id)).toEqual(THREATS.map((_, index) => `T${index + 1}`));
    expect(PAGE.match(/^\| T\d+ \|/gm)).toHaveLength(THREATS.length);
  });

  it.each(THREATS.map((threat) => [threat.id, threat] as const))(
    'names for %s a test that is about its rule',
    (_, { rule, tests }) => {
      expect(tests.length).toBeGreaterThan(0);
      for (const path of tests) expect(existsSync(join(ROOT, path)), path).toBe(true);
      if (rule === '–') return;
      expect(RULES).toContain(rule);
      const about = tests.filter((path) => new RegExp(`\\b${rule}\\b`).test(readFileSync(join(ROOT, path), 'utf8')));
      expect(about).not.toEqual([]);
    },
  );

  it('has a threat for every rule and for every attacker, and lists the rules as they are', () => {
    const answered = new Set(THREATS.map(({ rule }) => rule));
    expect(RULES.filter((rule) => !answered.has(rule))).toEqual([]);
    expect([...PAGE.matchAll(/^\| (S\d+) \| /gm)].map(([, rule]) => rule)).toEqual(RULES);
    const attackers = [...PAGE.matchAll(/^\| (A\d) \| /gm)].map(([, attacker]) => attacker);
    expect(new Set(THREATS.map(({ attacker }) => attacker))).toEqual(new Set(attackers));
  });

  it('names every file of safety tests', () => {
    const files = readdirSync(join(ROOT, 'test/safety')).filter((name) => /^s\d\d-.*\.test\.ts$/.test(name));
    expect(files.filter((name) => !PAGE.includes(`test/safety/${name}`))).toEqual([]);
  });
});
