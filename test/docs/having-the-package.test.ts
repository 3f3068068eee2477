/** How the reader of a page comes by the package and its command, of which no registry has either yet. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../house/source-files.ts';
import { BLOCKS, PAGES, textOf } from './pages.ts';
import { commandsOf } from './shell.ts';

const PACKAGE = 'ably-auth-functions';

const commandsOn = (page: string): readonly (readonly string[])[] =>
  BLOCKS.filter((block) => block.page === page && block.language === 'sh').flatMap(({ code }) =>
    commandsOf(code).map(({ words }) => words),
  );

const isInstall = ([program, sub]: readonly string[]): boolean => program === 'npm' && sub === 'install';

function dependsOnPackage(folder: string): boolean {
  const path = join(ROOT, folder, 'package.json');
  return existsSync(path) && PACKAGE in ((JSON.parse(readFileSync(path, 'utf8')) as Manifest).dependencies ?? {});
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** By its name, or as what the page's own folder, or one that the page goes into, depends on. */
function asksTheRegistry(page: string): boolean {
  const installs = commandsOn(page).filter(isInstall);
  const visited = commandsOn(page).flatMap(([program, to = '']) =>
    program === 'cd' ? [to, to.split('/').slice(1).join('/')] : [],
  );
  const isTemplate = [dirname(page), ...visited].some((folder) => /\//.test(folder) && dependsOnPackage(folder));
  return installs.some(
    (words) => words.includes(PACKAGE) || (isTemplate && (words.length === 2 || words[2]?.startsWith('./'))),
  );
}

describe('a page that installs the package', () => {
  const pages = PAGES.filter(asksTheRegistry);

  it('is found', () => {
    expect(pages).toEqual(
      expect.arrayContaining([
        'docs/deploy/netlify.md',
        'docs/deploy/vercel.md',
        'examples/nextjs/README.md',
        'examples/node/README.md',
        'infra/netlify/README.md',
        'infra/vercel/README.md',
      ]),
    );
  });

  it.each(pages)('says what does until a registry has it: %s', (page) => {
    expect(textOf(page)).toContain('npm pack');
    expect(textOf(page)).toMatch(/registry/);
  });

  it.each(pages)('does not ask the registry in a template of ours: %s', (page) => {
    const bare = commandsOn(page).filter((words) => isInstall(words) && words.length === 2);
    expect(bare).toEqual([]);
  });
});

describe('a page with a deploy button', () => {
  it.each(
    PAGES.filter((page) => /deploy button|vercel\.com\/new\/clone|app\.netlify\.com\/start\/deploy/.test(textOf(page))),
  )('says that it waits for the registry: %s', (page) => {
    expect(textOf(page).replaceAll(/\s+/g, ' ')).toMatch(/buttons? waits? for the registry/);
  });
});

describe('a page that calls our command', () => {
  const pages = PAGES.filter((page) => textOf(page).includes(`npx ${PACKAGE}`));

  it.each(pages)('has had the package installed, or says what to write in a clone: %s', (page) => {
    const isInstalled = commandsOn(page).some(isInstall);
    expect(isInstalled || /npm run -s cli --|\]\((?:\.\.\/)*(?:docs\/)?command\.md/.test(textOf(page))).toBe(true);
  });
});
