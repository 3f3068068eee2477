/** Runs snippets as the modules that they are, with the package's sources for the package and beside them what their page shows. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { vi } from 'vitest';
import { OWN_ENTRIES, type Program } from './typescript.ts';

export interface Ran {
  readonly exports: Readonly<Record<string, unknown>>;
  /** What it gave to vitest's `it`. */
  readonly cases: readonly (() => unknown)[];
  readonly printed: readonly string[];
}

/** What configs on the pages read. Nobody's secrets. */
export const ENVIRONMENT = {
  ABLY_API_KEY: 'appid.keyid:secretsecretsecret',
  ABLY_AUTH_SESSION_SECRET: 'a-fake-session-secret-of-32-bytes-or-more',
  APP_JWT_SECRET: 'another-obviously-fake-secret-of-32-bytes',
  INTROSPECTION_SECRET: 'obviously-fake',
};

/** Where the stand-in for vitest leaves what it is given. */
const CASES: (() => unknown)[] = [];
Object.assign(globalThis, { casesOfSnippets: CASES });

/** Bundles the programs that were written below the folder, all at once: what they share is one copy. */
export async function bundlePrograms(folder: string, programs: readonly Program[]): Promise<void> {
  const vitest = join(folder, 'stand-in-for-vitest.ts');
  writeFileSync(vitest, 'export const it = (_, run) => globalThis.casesOfSnippets.push(run);\n');
  await build({
    ...{ absWorkingDir: folder, outbase: folder, outdir: join(folder, 'built') },
    ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', packages: 'external', logLevel: 'silent' },
    entryPoints: programs.map(({ file }) => join(folder, file)),
    alias: { ...OWN_ENTRIES, vitest },
    outExtension: { '.js': '.mjs' },
  });
}

/** Runs what `bundlePrograms` made of one program. */
export async function runProgram(folder: string, { file }: Program): Promise<Ran> {
  const printed: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((...line) => void printed.push(line.join(' ')));
  for (const [name, value] of Object.entries(ENVIRONMENT)) vi.stubEnv(name, value);
  CASES.length = 0;
  try {
    const exports = await import(/* @vite-ignore */ join(folder, 'built', file.replace(/\.ts$/, '.mjs')));
    return { exports, cases: [...CASES], printed };
  } finally {
    log.mockRestore();
    vi.unstubAllEnvs();
  }
}
