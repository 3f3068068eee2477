/** docs/identity.md, held against the code: every snippet compiles, every config can serve, every link leads somewhere. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROVIDERS } from '../../adapters/identity/providers.ts';
import * as ours from '../../index.ts';
import { SESSION_SECRET, testEndpoint } from '../core/auth-request.ts';
import { ROOT } from '../house/source-files.ts';
import { CONFIGS, PAGE, runConfig, SNIPPETS } from './identity-page.ts';

const RULES: ours.AuthConfig['rules'] = [{ name: 'all', grant: { room: ['subscribe'] } }];

const AROUND = `
import { unsealData } from 'iron-session';
declare const localStorage: { getItem(name: string): string | null; setItem(name: string, value: string): void; removeItem(name: string): void };
declare const sessions: { find(id: string, options: { signal: AbortSignal }): Promise<{ userId: string; role: string; endsAtMs: number } | undefined> };
`;

describe('docs/identity.md', () => {
  it('shows TypeScript that compiles', () => {
    const blocks = SNIPPETS.filter(({ language }) => language === 'ts');
    expect(blocks.length).toBeGreaterThan(15);
    // Below the root, so that dependencies resolve.
    const folder = mkdtempSync(join(ROOT, 'node_modules/.identity-'));
    try {
      const names = Object.keys(ours).join(', ');
      for (const [index, { code }] of blocks.entries()) {
        const text = code.startsWith('sources:')
          ? `import { ${names} } from '${join(ROOT, 'index.ts')}';\nexport default defineAuth((env) => ({\nrules: [],\n${code}}));`
          : code;
        // A snippet with rules of its own has them instead.
        writeFileSync(
          join(folder, `block-${index}.ts`),
          AROUND + text.replace(/rules: \[\],\n(?=[\s\S]*\nrules:)/, ''),
        );
      }
      const config = {
        extends: join(ROOT, 'tsconfig.json'),
        compilerOptions: { noUnusedLocals: false, noUnusedParameters: false, types: ['node'] },
        include: ['*.ts'],
        exclude: [],
      };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
      expect(problemsOf(folder)).toBe('');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each(CONFIGS.map((snippet, index) => [`${snippet.heading}, ${index}`, snippet.code]))(
    'has a config that can serve: %s',
    (_, code) => {
      const env = {
        ABLY_AUTH_SESSION_SECRET: SESSION_SECRET,
        APP_JWT_SECRET: 'another-obviously-fake-secret-of-32-bytes',
        INTROSPECTION_SECRET: 'obviously-fake',
      };
      expect(testEndpoint({ rules: RULES, ...runConfig(code, { env }) }).problems).toEqual([]);
    },
  );

  it('ends at a few lines for each answer: nine inside of sources, unless it is the list of providers', () => {
    const long = CONFIGS.filter(({ code }) => code.split('\n').length > 14).map(({ heading }) => heading);
    expect(long).toEqual(['A provider']);
  });

  it('has a line for each provider that there is a preset for', () => {
    const missing = Object.keys(PROVIDERS).filter((name) => !new RegExp(`\\b${name}\\(`).test(PAGE));
    expect(missing.filter((name) => name !== 'cognitoIdentityPool')).toEqual([]);
  });

  it('leads to headings and files that are there', () => {
    const headings = [...PAGE.matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
      text
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    );
    const links = [...PAGE.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(10);
    const isDead = (link: string) =>
      link.startsWith('#')
        ? !headings.includes(link.slice(1))
        : !existsSync(join(ROOT, dirname('docs/identity.md'), link));
    expect(links.filter(isDead)).toEqual([]);
  });
});

/** What the compiler says of the folder. */
function problemsOf(folder: string): string {
  try {
    return execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['--noEmit', '-p', folder], {
      encoding: 'utf8',
      cwd: ROOT,
    });
  } catch (error) {
    return String((error as { readonly stdout?: unknown }).stdout);
  }
}
