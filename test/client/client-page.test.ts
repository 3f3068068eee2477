/** docs/client.md, held against the code: its TypeScript compiles, and its links lead somewhere. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../house/source-files.ts';

const PAGE = readFileSync(join(ROOT, 'docs/client.md'), 'utf8');
const SNIPPETS = [...PAGE.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? '');

const AROUND = 'declare const login: { accessToken(): Promise<string> };\n';

describe('docs/client.md', () => {
  it('shows TypeScript that compiles in a browser project, without the types of Node', () => {
    expect(SNIPPETS.length).toBeGreaterThanOrEqual(5);
    // Below the root, so that `ably` resolves.
    const folder = mkdtempSync(join(ROOT, 'node_modules/.client-'));
    try {
      for (const [index, code] of SNIPPETS.entries()) {
        // The first is the module that the others import.
        const name = index === 0 ? 'ably.ts' : `block-${index}.ts`;
        writeFileSync(
          join(folder, name),
          AROUND + code.replace('ably-auth-functions/client', join(ROOT, 'client/index.ts')),
        );
      }
      const compilerOptions = { target: 'es2022', lib: ['es2022', 'dom'], types: [], noUnusedLocals: false };
      const config = { extends: join(ROOT, 'tsconfig.json'), compilerOptions, include: ['*.ts'], exclude: [] };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
      const tsc = join(ROOT, 'node_modules/.bin/tsc');
      const output = ((): string => {
        try {
          return execFileSync(tsc, ['--noEmit', '-p', folder], { encoding: 'utf8', cwd: ROOT });
        } catch (error) {
          return String((error as { readonly stdout?: unknown }).stdout);
        }
      })();
      expect(output).toBe('');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('leads to headings and files that are there', () => {
    const links = [...PAGE.matchAll(/\]\((?!https?:)([^)#]+)(?:#([^)]+))?\)/g)];
    expect(links.length).toBeGreaterThan(0);
    for (const [, file = '', heading] of links) {
      const path = join(ROOT, 'docs', file);
      expect(existsSync(path), file).toBe(true);
      const headings = readFileSync(path, 'utf8').match(/^#+ .+$/gm) ?? [];
      const named = headings.map((line) => line.replace(/^#+ /, '').toLowerCase().replaceAll(' ', '-'));
      if (heading !== undefined) expect(named).toContain(heading);
    }
  });
});
