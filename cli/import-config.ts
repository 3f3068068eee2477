/**
 * Imports a config that somebody wrote in TypeScript, with what their project and their Node have: nothing is installed
 * for it (docs/decisions/0029).
 *
 * The project's own esbuild comes first: it reads a config as the platforms do that bundle it (path aliases, imports
 * without endings). Without one, Node reads it by itself, from 22.18 on.
 */
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeThrown } from '../core/describe-thrown.ts';
import { framesOf } from '../core/stack-frames.ts';
import { CannotRun } from './command.ts';
import { systemRefusal } from './system-error.ts';

/** For a command that goes on, and reads the config again when it has changed. */
export interface ReadingAgain {
  /** Receives every file that the config consists of, absolute; without esbuild only its own is known. */
  readonly onFiles: (files: readonly string[]) => void;
}

/**
 * @param file absolute
 * @returns the default export
 * @throws CannotRun, which says of an error that the config itself threw its kind and its place, and no more (S10)
 */
export async function importConfig(file: string, again?: ReadingAgain): Promise<unknown> {
  again?.onFiles([file]);
  try {
    const module = (await (/\.[mc]?ts$/.test(file) ? importTypeScript(file, again) : importFile(file, again))) as {
      default?: unknown;
    };
    return module.default;
  } catch (error) {
    throw error instanceof CannotRun ? error : cannotImport(file, whatFailed(error, file));
  }
}

async function importTypeScript(file: string, again?: ReadingAgain): Promise<unknown> {
  const esbuild = esbuildOf(file);
  if (esbuild !== undefined) return importBundled(file, esbuild, again);
  if ((process.features as { readonly typescript?: unknown }).typescript) return importFile(file, again);
  throw new CannotRun(
    `Node ${process.versions.node} reads no TypeScript. Use Node 22.18 or later, or npm install --save-dev esbuild.`,
  );
}

function importFile(file: string, again?: ReadingAgain): Promise<unknown> {
  // Node keeps what it has imported under a name.
  return import(pathToFileURL(file).href + (again ? `?read=${Date.now()}` : ''));
}

/** Where the project that holds the file has esbuild, if it has. */
function esbuildOf(file: string): string | undefined {
  try {
    return createRequire(file).resolve('esbuild');
  } catch {
    return undefined;
  }
}

async function importBundled(file: string, esbuild: string, again?: ReadingAgain): Promise<unknown> {
  const text = await bundle(file, esbuild, again).catch((error: unknown) => {
    // Of esbuild's own: here nothing of the config has run.
    const { errors } = (error ?? {}) as { readonly errors?: readonly BuildProblem[] };
    if (Array.isArray(errors)) throw cannotImport(file, errors.map(describeBuildProblem).join('\n'));
    throw new CannotRun(`esbuild does not run: ${systemRefusal(error) ?? describeThrown(error)}.`);
  });
  const bundled = await writeBeside(file, text);
  // So that where it throws is a line that its author has written.
  process.setSourceMapsEnabled(true);
  try {
    return await importFile(bundled);
  } finally {
    await rm(bundled, { force: true });
  }
}

/** @returns the text of a module, with its source map */
async function bundle(file: string, esbuild: string, again?: ReadingAgain): Promise<string> {
  const { build } = (await importFile(esbuild)) as typeof import('esbuild');
  const folder = dirname(file);
  const { outputFiles, metafile } = await build({
    metafile: true,
    absWorkingDir: folder,
    entryPoints: [file],
    outfile: join(folder, 'bundled.mjs'),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: `node${process.versions.node}`,
    sourcemap: 'external',
    sourcesContent: false,
    write: false,
    logLevel: 'silent',
    // For a config that reads files beside it.
    define: {
      'import.meta.url': JSON.stringify(pathToFileURL(file).href),
      'import.meta.dirname': JSON.stringify(dirname(file)),
      'import.meta.filename': JSON.stringify(file),
    },
  });
  again?.onFiles(Object.keys(metafile.inputs).map((input) => resolve(folder, input)));
  const textOf = (ending: string): string => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  return textOf('.mjs') + mapComment(textOf('.map'), folder);
}

/** The map, whose sources are found from wherever Node takes the file to be: a folder on the way may be a link. */
function mapComment(text: string, folder: string): string {
  const map = JSON.parse(text) as { readonly sources: readonly string[] };
  const sources = map.sources.map((source) => pathToFileURL(resolve(folder, source)).href);
  const encoded = Buffer.from(JSON.stringify({ ...map, sources })).toString('base64');
  return `\n//# sourceMappingURL=data:application/json;base64,${encoded}\n`;
}

/**
 * Into a file from which its packages are found as from the config itself: in the nearest node_modules, where nothing watches,
 * or where that may not be written to beside the config.
 */
async function writeBeside(file: string, text: string): Promise<string> {
  const name = `.ably-auth-functions-${process.pid}-${Date.now()}.mjs`;
  const refused: string[] = [];
  for (const folder of new Set([nearestModules(file), dirname(file)])) {
    const path = join(folder, name);
    try {
      await writeFile(path, text);
      return path;
    } catch (error) {
      await rm(path, { force: true });
      refused.push(`${folder}: ${systemRefusal(error) ?? 'it failed'}`);
    }
  }
  throw new CannotRun(`A bundle of ${file} is written for a moment, and cannot be. ${refused.join('; ')}.`);
}

function nearestModules(file: string): string {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules');
    if (existsSync(modules)) return modules;
    if (dirname(folder) === folder) return dirname(file);
  }
}

function cannotImport(file: string, why: string): CannotRun {
  return new CannotRun(`${file} cannot be imported: ${why}`);
}

/** Node speaks of code. What the config itself throws, in whatever shape, may hold what it read from the environment. */
function whatFailed(error: unknown, file: string): string {
  const { code, path } = (error ?? {}) as Readonly<Record<'code' | 'path', unknown>>;
  const refusal = path === file ? systemRefusal(error) : undefined;
  if (refusal !== undefined) return `${refusal}.`;
  const isOfCode =
    error instanceof SyntaxError ||
    (typeof code === 'string' && /^ERR_(MODULE|UNSUPPORTED|INVALID_TYPESCRIPT|PACKAGE|UNKNOWN)_/.test(code));
  if (error instanceof Error && isOfCode && isMadeByLoader(error)) return error.message;
  return `it threw ${describeThrown(error)} (its message may hold a secret, and is not shown).`;
}

/** Not by `JSON.parse`, whose message quotes the text, nor reworded since: of what it says now nobody knows who wrote it. */
function isMadeByLoader(error: Error): boolean {
  return framesOf(error)[0]?.includes('(node:internal/modules/') ?? false;
}

interface BuildProblem {
  readonly text: string;
  readonly location: { readonly file: string; readonly line: number } | null;
}

function describeBuildProblem({ text, location }: BuildProblem): string {
  return location ? `${location.file}:${location.line}: ${text}` : text;
}
