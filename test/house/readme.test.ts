/** What the README says, held against what is there. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAILURES } from '../../core/errors.ts';
import { SETTINGS } from '../../core/settings.ts';
import { ROOT, sourceFiles } from './source-files.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

describe('the README', () => {
  it('is short enough to be read', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(250);
  });

  it('lists every setting that the code knows, with the same words, and no other', () => {
    const rows = [...readme.matchAll(/^\| `([A-Z_]+)` \| (.+) \|$/gm)].map(([, name, meaning]) => [name, meaning]);
    expect(rows).toEqual(Object.entries(SETTINGS));
  });

  it('names only commands that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...readme.matchAll(/npm (?:run )?(start|test|check|bench|build|deploy)\b/g)].map(
      ([, name]) => name ?? '',
    );
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('has no dead link to a file of ours', () => {
    for (const file of ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'docs/decisions/README.md']) {
      const text = readFileSync(join(ROOT, file), 'utf8');
      const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/g)].map(([, link]) => link ?? '');
      const dead = links.filter((link) => !existsSync(join(ROOT, dirname(file), link)));
      expect(dead, file).toEqual([]);
    }
  });

  it('gives each outcome the status and code that the table of failures has', () => {
    const inCode = new Set(Object.values(FAILURES).map(({ status, code }) => `${status} / ${code}`));
    inCode.delete('500 / 50000');
    const inReadme = new Set([...readme.matchAll(/\b([345]\d\d \/ [45]\d{4})\b/g)].map(([, pair]) => pair));
    expect(inReadme).toEqual(inCode);
  });

  it('shows TypeScript that compiles', () => {
    const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? '');
    expect(blocks.length).toBeGreaterThanOrEqual(3);
    // Below the root, so that the package's own name and its dependencies resolve.
    const folder = mkdtempSync(join(ROOT, 'node_modules/.readme-'));
    try {
      for (const [index, code] of blocks.entries()) {
        const text = code
          .replace("'./index.ts'", `'${join(ROOT, 'index.ts')}'`)
          .replace("'ably-auth-functions/client'", `'${join(ROOT, 'client/index.ts')}'`)
          .replace("'ably-auth-functions'", `'${join(ROOT, 'index.ts')}'`);
        const around =
          "import * as Ably from 'ably';\ndeclare const response: import('node:http').ServerResponse;\ndeclare const user: { id: string; teams: string[]; role: string };\n";
        writeFileSync(join(folder, `block-${index}.ts`), `${around}${text}\nexport { Ably, response, user };\n`);
      }
      writeFileSync(
        join(folder, 'tsconfig.json'),
        JSON.stringify({
          extends: join(ROOT, 'tsconfig.json'),
          compilerOptions: { noUnusedLocals: false, types: ['node'] },
          include: ['*.ts'],
          exclude: [],
        }),
      );
      execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['--noEmit', '-p', folder], { encoding: 'utf8', cwd: ROOT });
    } finally {
      rmSync(folder, { recursive: true });
    }
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
