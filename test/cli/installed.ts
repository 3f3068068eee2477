/**
 * The command as somebody has it who installed the package: packed by npm, unpacked into a project of their own, and run
 * by plain Node in a process that has nothing in its environment but what a test gives it.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { buildLibrary } from '../../dev/build/library.ts';
import { ROOT } from '../build/built.ts';
import { onceARun } from '../once-a-run/once-a-run.ts';

const run = promisify(execFile);
const PACKAGE = 'ably-auth-functions';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface InstalledProject {
  readonly folder: string;
  /** File name to content; folders are made. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  erase(file: string): Promise<void>;
  /** Gives the project a package of ours by its name, or takes it away. */
  link(name: string): Promise<void>;
  unlink(name: string): Promise<void>;
  run(
    args: readonly string[],
    options?: {
      readonly env?: Readonly<Record<string, string>>;
      readonly input?: string;
      /** Below the project's folder. */
      readonly cwd?: string;
    },
  ): Promise<Ran>;
  remove(): Promise<void>;
}

/** What npm makes of the sources as they are now, unpacked. */
async function pack(folder: string): Promise<void> {
  const staged = join(folder, 'staged');
  await buildLibrary(ROOT, join(staged, 'dist'));
  for (const file of ['package.json', 'policy.schema.json', 'README.md', 'docs']) {
    await cp(join(ROOT, file), join(staged, file), { recursive: true });
  }
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--silent'], { cwd: staged });
  const [{ filename }] = JSON.parse(stdout) as [{ readonly filename: string }];
  await run('tar', ['-xzf', join(staged, filename), '-C', folder, '--strip-components=1']);
  await rm(staged, { recursive: true });
}

/** @param packages of ours that the project has beside the package and its dependencies */
export async function installProject(packages: readonly string[] = []): Promise<InstalledProject> {
  const folder = await mkdtemp(join(tmpdir(), 'project-'));
  const modules = join(folder, 'node_modules');
  await mkdir(modules);
  const installed = join(modules, PACKAGE);
  await cp(await onceARun('package', pack), installed, { recursive: true });
  const link = async (name: string): Promise<void> => {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(ROOT, 'node_modules', name), join(modules, name));
  };
  // What npm installs with it.
  const { dependencies, bin } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly bin: Readonly<Record<string, string>>;
  };
  for (const name of ['ably', ...Object.keys(dependencies), ...packages]) await link(name);
  await writeFile(join(folder, 'package.json'), '{"private": true, "type": "module"}');
  const command = join(installed, bin[PACKAGE] ?? '');
  return {
    folder,
    async write(files) {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), content);
      }
    },
    erase: (file) => rm(join(folder, file)),
    link,
    unlink: (name) => rm(join(modules, name)),
    run(args, { env = {}, input = '', cwd = '.' } = {}) {
      return new Promise((resolve) => {
        const options = { cwd: join(folder, cwd), env };
        const child = execFile(process.execPath, [command, ...args], options, (error, stdout, stderr) => {
          const code = error === null ? 0 : Number(error.code);
          resolve({ code, stdout, stderr });
        });
        child.stdin?.end(input);
      });
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
