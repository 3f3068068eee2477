/** The pages that the command, a finding or the README names are in the package: whoever installs it has no repository. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../cli/commands.ts';
import { linksOf, PAGES } from '../docs/pages.ts';
import { type InstalledProject, installProject } from './installed.ts';

let project: InstalledProject;
let installed: string;
beforeAll(async () => {
  project = await installProject();
  installed = join(project.folder, 'node_modules/ably-auth-functions');
});
afterAll(() => project.remove());

const isMissing = (path: string): boolean => !existsSync(join(installed, path));

describe('the package', () => {
  it('holds every page that its code names', async () => {
    const files = (await readdir(join(installed, 'dist/lib'), { recursive: true })).filter((file) =>
      /\.js$/.test(file),
    );
    const texts = await Promise.all(files.map((file) => readFile(join(installed, 'dist/lib', file), 'utf8')));
    const pages = new Set(texts.flatMap((text) => text.match(/\bdocs\/[\w/-]+\.md\b/g) ?? []));
    expect(pages).toContain('docs/revocation.md');
    expect([...pages].filter(isMissing)).toEqual([]);
  });

  it('holds every page and every picture that its README links to', async () => {
    const readme = await readFile(join(installed, 'README.md'), 'utf8');
    const linked = new Set(readme.match(/(?<=["(])docs\/[^)"#\s]+/g) ?? []);
    expect(linked.size).toBeGreaterThan(20);
    expect([...linked].filter(isMissing)).toEqual([]);
  });

  it('holds every page and every picture of docs that a page of it links to', () => {
    const links = PAGES.filter((page) => page.startsWith('docs/') && !isMissing(page)).flatMap(linksOf);
    const linked = links.map(({ page, target }) => posix.join(posix.dirname(page), target.replace(/#.*/, '')));
    const ofDocs = new Set(linked.filter((path) => path.startsWith('docs/')));
    expect(ofDocs).toContain('docs/decisions/0024-signed-grants.md');
    expect([...ofDocs].filter(isMissing)).toEqual([]);
  });

  it('names its pages in help as whoever reads it finds them', async () => {
    const helps = await Promise.all(Object.keys(COMMANDS).map((name) => project.run([name, '--help'])));
    // Wherever the line is broken.
    const named = helps.flatMap(({ stdout }) => stdout.match(/\S*docs\/[\w/-]+\.md/g) ?? []);
    expect(named.length).toBeGreaterThan(1);
    for (const page of named) expect(existsSync(join(project.folder, page.replace(/^\(/, '')))).toBe(true);
  });
});
