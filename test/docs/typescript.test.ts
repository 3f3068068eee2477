/** Every snippet of TypeScript or JavaScript on any page compiles, and what can be run is run. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthDefinition, lintPolicy } from '../../index.ts';
import { testEndpoint } from '../core/auth-request.ts';
import { ROOT } from '../house/source-files.ts';
import { placeOf } from './pages.ts';
import { bundlePrograms, ENVIRONMENT, type Ran, runProgram } from './run-programs.ts';
import { compile, PROGRAMS, type Program, writePrograms } from './typescript.ts';

const declared = readFileSync(join(ROOT, 'test/docs/readers-own.d.ts'), 'utf8');
const OWN_NAMES = [...declared.matchAll(/^declare const (\w+):/gm)].map(([, name]) => name);

/** All but what needs a page, a client's connection, or says itself why it is not run. */
const RUN = PROGRAMS.filter(
  ({ place, block }) =>
    place === 'node' && !block.note?.startsWith('not run: ') && !/new Ably\.(Realtime|Rest)\(/.test(block.code),
);

describe('TypeScript on the pages', () => {
  let folder = '';
  let ended = 0;
  beforeAll(async () => {
    // Below the root, so that dependencies resolve.
    folder = mkdtempSync(join(ROOT, 'node_modules/.pages-'));
    writePrograms(folder);
    await bundlePrograms(folder, RUN);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(['node', 'browser', 'javascript'] as const)('compiles: %s', async (place) => {
    expect(PROGRAMS.filter((program) => program.place === place).length).toBeGreaterThan(0);
    expect(await compile(folder, place)).toBe('');
  });

  it.each(RUN.map((program) => [placeOf(program.block), program] as const))('runs: %s', async (_, program) => {
    const ran = await runUntilOwnName(folder, program);
    if (ran === undefined) return;
    for (const run of ran.cases) await run();
    ended += 1;
    // A config that is shown can serve, and nothing about it must not be deployed.
    const definition = ran.exports.default as AuthDefinition | undefined;
    if (typeof definition?.build !== 'function') return;
    const config = definition.build(ENVIRONMENT);
    expect(testEndpoint({ ...config, env: ENVIRONMENT, ably: {} }).problems).toEqual([]);
    expect(lintPolicy(config).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('runs to the end as a rule', () => {
    expect(ended).toBeGreaterThan(RUN.length * 0.8);
  });
});

/** @returns nothing for a snippet that got as far as something of the reader's own, which is only declared. */
async function runUntilOwnName(folder: string, program: Program): Promise<Ran | undefined> {
  try {
    return await runProgram(folder, program);
  } catch (error) {
    const [, name] = error instanceof ReferenceError ? (/^(\w+) is not defined$/.exec(error.message) ?? []) : [];
    if (OWN_NAMES.includes(name)) return undefined;
    throw error;
  }
}
