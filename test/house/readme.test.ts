/** What the README says, held against what is there. Its links and snippets are looked at in test/docs, as on every page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAILURES } from '../../core/errors.ts';
import { SETTINGS } from '../../core/settings.ts';
import { ROOT, sourceFiles } from './source-files.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

describe('the README', () => {
  it('is short enough to be read', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(250);
  });

  it('has people pack the package, which leaves a file that nobody is to commit', () => {
    expect(readme).toMatch(/npm\s+pack/);
    expect(readFileSync(join(ROOT, '.gitignore'), 'utf8').split('\n')).toContain('*.tgz');
  });

  it('lists every setting that the code knows, with the same words, and no other', () => {
    const rows = [...readme.matchAll(/^\| `([A-Z_]+)` \| (.+) \|$/gm)].map(([, name, meaning]) => [name, meaning]);
    expect(rows).toEqual(Object.entries(SETTINGS));
  });

  it('gives each outcome the status and code that the table of failures has', () => {
    const inCode = new Set(Object.values(FAILURES).map(({ status, code }) => `${status} / ${code}`));
    inCode.delete('500 / 50000');
    const inReadme = new Set([...readme.matchAll(/\b([345]\d\d \/ [45]\d{4})\b/g)].map(([, pair]) => pair));
    expect(inReadme).toEqual(inCode);
  });
});

describe('the environment', () => {
  it('is read under no name that the settings do not list', () => {
    const named = sourceFiles().flatMap(({ path, text }) =>
      path.startsWith('dev/bench') ? [] : [...text.matchAll(/\b(ABLY_[A-Z_]+)\b/g)].map(([, name]) => name ?? ''),
    );
    const unknown = [...new Set(named)].filter((name) => !(name in SETTINGS));
    expect(unknown).toEqual([]);
  });
});
