/** The examples as somebody has them who copied one and installed the package: they compile, by their own tsconfig. */
import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InstalledProject, installProject } from '../cli/installed.ts';
import { ROOT } from '../house/source-files.ts';

const run = promisify(execFile);

describe('with the package as npm packs it', () => {
  let project: InstalledProject;
  beforeAll(async () => {
    project = await installProject(['@types/node', 'undici-types']);
  });
  afterAll(() => project?.remove());

  // nextjs and react-native need more than is installed here: their lanes compile them.
  it.each(['browser', 'node'])('the example %s compiles', async (name) => {
    const folder = join(project.folder, name);
    await cp(join(ROOT, 'examples', name), folder, {
      recursive: true,
      filter: (path) => !path.endsWith('node_modules'),
    });
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const types = ['--typeRoots', join(project.folder, 'node_modules/@types')];
    const compiled = run(process.execPath, [tsc, '-p', folder, ...types]);
    await expect(compiled.catch((error: { stdout: string }) => error.stdout)).resolves.toMatchObject({ stdout: '' });
  });
});
