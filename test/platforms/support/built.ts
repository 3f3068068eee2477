/**
 * The artefacts of `npm run build`, made by the same functions from the sources as they are now, in a folder of the
 * lane's own: what lies in `dist/` may be older, and others may be building there.
 */
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../../../dev/build/bundle.ts';
import { buildLibrary } from '../../../dev/build/library.ts';
import { TARGETS, type Target } from '../../../dev/build/targets.ts';
import { PROJECT } from './scratch.ts';

/** @returns the file that the platform loads */
export async function buildFunction(name: Target['name'], into: string): Promise<string> {
  const target = TARGETS.find((each) => each.name === name);
  if (target === undefined) throw new Error(`there is no build named ${name}`);
  return (await bundle(target, PROJECT, into)).entryFile;
}

/**
 * Gives `project` a `node_modules` as `npm install ably-auth-functions` would: the package with what it publishes, and
 * its dependencies, copied from the ones that are installed here.
 */
export async function installPackage(project: string, alsoInstalled: readonly string[] = []): Promise<void> {
  installDependencies(project, alsoInstalled);
  const folder = join(project, 'node_modules/ably-auth-functions');
  await buildLibrary(PROJECT, join(folder, 'dist'));
  cpSync(join(PROJECT, 'package.json'), join(folder, 'package.json'));
}

/** What it would bring beside the package. */
export function installDependencies(project: string, alsoInstalled: readonly string[] = []): void {
  for (const path of [...productionDependencies(), ...alsoInstalled.map((name) => `node_modules/${name}`)]) {
    cpSync(join(PROJECT, path), join(project, path), { recursive: true, dereference: true });
  }
}

/** As paths from the project. What is optional may not be there. */
function productionDependencies(): readonly string[] {
  const lock = JSON.parse(readFileSync(join(PROJECT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly dev?: true; readonly devOptional?: true }>>;
  };
  return Object.entries(lock.packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional && existsSync(join(PROJECT, path)))
    .map(([path]) => path);
}
