/** Every link to a file or a heading of ours leads somewhere, and every page is one that a reader comes to. */
import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../house/source-files.ts';
import { anchorsOf, type Link, linksOf, PAGES } from './pages.ts';

/** The file of ours that a link names, and the anchor in it. */
function resolve({ page, target }: Link): readonly [path: string, anchor: string | undefined] {
  const [file = '', anchor] = target.split('#');
  return [file === '' ? page : posix.normalize(posix.join(posix.dirname(page), decodeURIComponent(file))), anchor];
}

function isDead(link: Link): boolean {
  const [path, anchor] = resolve(link);
  if (path.startsWith('..') || !existsSync(join(ROOT, path))) return true;
  if (anchor === undefined) return false;
  return !path.endsWith('.md') || !anchorsOf(path).has(anchor);
}

describe('links on the pages', () => {
  const links = PAGES.flatMap(linksOf);

  it('are found', () => {
    expect(links.length).toBeGreaterThan(100);
    expect(links.filter(({ target }) => target.includes('#')).length).toBeGreaterThan(10);
  });

  it('lead to files and headings that are there', () => {
    expect(links.filter(isDead).map(({ page, target }) => `${page} -> ${target}`)).toEqual([]);
  });

  it('would be found if they did not', () => {
    const dead = ['nowhere.md', '#nowhere', '../README.md#nowhere', '../../outside.md', 'renewals.svg#x'];
    expect(dead.filter((target) => !isDead({ page: 'docs/policy.md', target }))).toEqual([]);
  });

  it('come to every page from the README', () => {
    const reached = new Set(['README.md']);
    for (const page of reached) for (const path of pagesLinkedFrom(page)) reached.add(path);
    expect(PAGES.filter((page) => !reached.has(page))).toEqual([]);
  });

  it('lead from the index to every page, and from that of the decisions to every decision', () => {
    const index = pagesLinkedFrom('docs/README.md');
    const pages = PAGES.filter((page) => !/^docs\/decisions\/\d|^docs\/README|^(examples|infra)\/.+\/.+\//.test(page));
    expect(pages.filter((page) => !index.includes(page))).toEqual([]);
    const decisions = PAGES.filter((page) => /^docs\/decisions\/\d/.test(page));
    expect(pagesLinkedFrom('docs/decisions/README.md')).toEqual(decisions);
  });
});

/** A folder is its README. */
function pagesLinkedFrom(page: string): readonly string[] {
  const files = linksOf(page).map((link) => {
    const [path] = resolve(link);
    const isFolder = existsSync(join(ROOT, path)) && statSync(join(ROOT, path)).isDirectory();
    return isFolder ? posix.join(path, 'README.md') : path;
  });
  return files.filter((file) => PAGES.includes(file));
}
