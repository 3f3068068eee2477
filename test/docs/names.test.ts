/** What prose names between backticks is there: settings, files and folders of ours, npm scripts, our subcommands. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../cli/commands.ts';
import { SETTINGS } from '../../core/settings.ts';
import { ROOT } from '../house/source-files.ts';
import { PAGES, proseOf } from './pages.ts';

/** Of a tool of others, of a page's own script, or of a platform. */
const NAMES_OF_OTHERS = ['ABLY_ACCOUNT_TOKEN', 'ABLY_URL'];
const FOLDERS = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && /^[a-z]/.test(entry.name) && !/^(node_modules|dist)$/.test(entry.name))
  .map(({ name }) => name);

/** Every text between backticks, by its page. */
const NAMED = PAGES.flatMap((page) =>
  [...proseOf(page).matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => ({ page, text })),
);

const where = ({ page, text }: { readonly page: string; readonly text: string }): string => `${page}: ${text}`;

describe('what prose names', () => {
  it('is found', () => {
    expect(NAMED.length).toBeGreaterThan(1_000);
    expect(FOLDERS).toEqual(expect.arrayContaining(['core', 'docs', 'test']));
  });

  it('as a setting is one', () => {
    const settings = NAMED.filter(({ text }) => /^ABLY_[A-Z_]+$/.test(text));
    expect(settings.length).toBeGreaterThan(50);
    const known = (name: string): boolean => Object.hasOwn(SETTINGS, name) || NAMES_OF_OTHERS.includes(name);
    expect(settings.filter(({ text }) => !known(text)).map(where)).toEqual([]);
  });

  it('as a file or folder of ours is there, from the root or from the page', () => {
    const paths = NAMED.filter(({ text }) => new RegExp(`^(${FOLDERS.join('|')})/[\\w./\\[\\]-]*$`).test(text));
    expect(paths.length).toBeGreaterThan(100);
    const isThere = ({ page, text }: { readonly page: string; readonly text: string }): boolean =>
      existsSync(join(ROOT, text)) || existsSync(join(ROOT, page, '..', text));
    expect(paths.filter((named) => !isThere(named)).map(where)).toEqual([]);
  });

  it('as a script of npm or a command of ours is one', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
    const unknown = NAMED.filter(({ page, text }) => {
      const [, script] = /^npm run (?:-s )?([\w:-]+)/.exec(text) ?? [];
      const [, command] = /^(?:npx )?ably-auth-functions ([a-z]+)/.exec(text) ?? [];
      const isScript = script === undefined || script in scripts || page.startsWith('examples/');
      return !isScript || (command !== undefined && !Object.hasOwn(COMMANDS, command));
    });
    expect(unknown.map(where)).toEqual([]);
  });
});
