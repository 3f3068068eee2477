/**
 * Which files `init` writes into a folder, and what becomes of those that are there. The function, the config and the test of
 * the policy are what it is asked for: one that is there already and says something else is in the way. What only helps
 * (settings, what makes a project of an empty folder) is left as it is.
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { readText } from '../system-error.ts';
import { configText, policyTestText, settingsText } from './config-text.ts';
import type { IdentityChoice, Values } from './identities.ts';
import { type NewFile, PLATFORMS, type PlatformChoice } from './platforms.ts';

export interface PlannedFile extends NewFile {
  /** `same`: it is there, word for word. `in the way`: it says something else. `kept`: ours would only have helped. */
  readonly state: 'new' | 'same' | 'in the way' | 'kept';
}

/** What lies in the folder, as far as it matters here. */
export interface Project {
  readonly folder: string;
  /** Nothing says yet what it is: no package.json. */
  readonly isEmpty: boolean;
  /** Names of packages, of every kind of dependency. */
  readonly dependencies: ReadonlySet<string>;
}

export async function readProject(folder: string): Promise<Project> {
  const text = await textOf(join(folder, 'package.json'));
  if (text === undefined) return { folder, isEmpty: true, dependencies: new Set() };
  let manifest: Readonly<Record<string, unknown>> = {};
  try {
    manifest = JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    // npm says so soon enough.
  }
  const names = ['dependencies', 'devDependencies', 'peerDependencies'].flatMap((kind) =>
    Object.keys((manifest[kind] as Readonly<Record<string, string>> | undefined) ?? {}),
  );
  return { folder, isEmpty: false, dependencies: new Set(names) };
}

/** The platform that the project is made for, if it shows. */
export async function recognizePlatform({ folder, dependencies }: Project): Promise<string | undefined> {
  // A route of Next.js is one on Vercel as well.
  for (const name of ['nextjs', ...Object.keys(PLATFORMS)]) {
    for (const sign of PLATFORMS[name]?.knownBy ?? []) {
      if (dependencies.has(sign) || (await exists(join(folder, sign)))) return name;
    }
  }
  return undefined;
}

export async function planFiles(
  project: Project,
  platform: PlatformChoice,
  identity: IdentityChoice,
  values: Values,
): Promise<readonly PlannedFile[]> {
  const asked: readonly NewFile[] = [
    { path: 'auth.config.ts', text: configText(identity, values) },
    await placeEntry(platform.entry, project),
    { path: 'auth.config.test.ts', text: policyTestText(identity, runnerOf(project)) },
  ];
  const helping = [
    { path: '.env.example', text: settingsText(identity) },
    ...(project.isEmpty ? platform.project : []),
  ];
  const planned = [...asked, ...helping].map(async (file): Promise<PlannedFile> => {
    const there = await textOf(join(project.folder, file.path));
    if (there === undefined) return { ...file, state: 'new' };
    if (there === file.text) return { ...file, state: 'same' };
    return { ...file, state: asked.includes(file) ? 'in the way' : 'kept' };
  });
  return Promise.all(planned);
}

/** What the policy test is run with, after the dependencies are installed. */
export function testCommand(project: Project): string {
  return runnerOf(project) === 'vitest' ? 'npx vitest run auth.config.test.ts' : 'npx tsx --test auth.config.test.ts';
}

function runnerOf({ dependencies }: Project): string {
  return dependencies.has('vitest') ? 'vitest' : 'node:test';
}

/** Next.js keeps its routes below src/ where a project has that. */
async function placeEntry(entry: NewFile, { folder }: Project): Promise<NewFile> {
  const isBelowSrc = entry.path.startsWith('app/') && (await exists(join(folder, 'src/app')));
  if (!isBelowSrc) return entry;
  return { path: `src/${entry.path}`, text: entry.text.replace("'../", "'../../") };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readText(path);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return undefined;
    throw error;
  }
}
