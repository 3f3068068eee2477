/** docs/comparison.md: dated, fair in form, every statement about others with a source, every one about us with a test or a page. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../house/source-files.ts';
import { textOf } from './pages.ts';

const PAGE = textOf('docs/comparison.md');
const SECTIONS = PAGE.split(/^## /m)
  .slice(1)
  .map((text) => [text.slice(0, text.indexOf('\n')), text] as const);
const OURS = ['In short', 'What we do that we found in none of them', 'What speaks against us'];
const ALTERNATIVES = SECTIONS.filter(([heading]) => !OURS.includes(heading));

describe('docs/comparison.md', () => {
  it('is dated, and says what speaks against us', () => {
    expect(PAGE).toMatch(/^As of (January|February|\w+) 20\d\d\./m);
    expect(SECTIONS.map(([heading]) => heading)).toEqual(expect.arrayContaining(OURS));
  });

  it.each(ALTERNATIVES)('has a source for "%s", and says where it is the better choice', (_, text) => {
    expect(text).toMatch(/\]\(https:\/\//);
    expect(text).toMatch(/\*\*The better choice\*\*|what that is good at/);
  });

  it('names tests that are there for the attacks on what is copied', () => {
    const tests = [...PAGE.matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path);
    expect(tests.length).toBeGreaterThanOrEqual(5);
    expect(tests.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
