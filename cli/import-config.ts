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
import { CannotRun } from './command.ts';

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
    throw error instanceof CannotRun ? error : new CannotRun(`${file} cannot be imported: ${whatFailed(error)}`);
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
  const { build } = (await importFile(esbuild)) as typeof import('esbuild');
  const bundled = join(placeFor(file), `.ably-auth-functions-${process.pid}-${Date.now()}.mjs`);
  const { outputFiles, metafile } = await build({
    metafile: true,
    absWorkingDir: dirname(file),
    entryPoints: [file],
    outfile: bundled,
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
  again?.onFiles(Object.keys(metafile.inputs).map((input) => resolve(dirname(file), input)));
  const textOf = (ending: string): string => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  // So that where it throws is a line that its author has written.
  process.setSourceMapsEnabled(true);
  try {
    await writeFile(bundled, textOf('.mjs') + mapComment(textOf('.map'), dirname(bundled)));
    return await importFile(bundled);
  } finally {
    await rm(bundled, { force: true });
  }
}

/** The map, whose sources are found from wherever Node takes the file to be: a folder on the way may be a link. */
function mapComment(text: string, folder: string): string {
  const map = JSON.parse(text) as { readonly sources: readonly string[] };
  const sources = map.sources.map((source) => pathToFileURL(resolve(folder, source)).href);
  const encoded = Buffer.from(JSON.stringify({ ...map, sources })).toString('base64');
  return `\n//# sourceMappingURL=data:application/json;base64,${encoded}\n`;
}

/** From where its packages are found as from the file itself, and where nothing watches: the nearest node_modules. */
function placeFor(file: string): string {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules');
    if (existsSync(modules)) return modules;
    if (dirname(folder) === folder) return dirname(file);
  }
}

/** Node and esbuild speak of code. What the config itself throws may hold what it read from the environment. */
function whatFailed(error: unknown): string {
  const { errors, code } = error as { readonly errors?: unknown; readonly code?: unknown };
  if (Array.isArray(errors)) return (errors as readonly BuildProblem[]).map(describeBuildProblem).join('\n');
  const isNodes =
    typeof code === 'string' && /^ERR_(MODULE|UNSUPPORTED|INVALID_TYPESCRIPT|PACKAGE|UNKNOWN)_/.test(code);
  if (error instanceof Error && (isNodes || error instanceof SyntaxError)) return error.message;
  return `it threw ${describeThrown(error)} (its message may hold a secret, and is not shown).`;
}

interface BuildProblem {
  readonly text: string;
  readonly location: { readonly file: string; readonly line: number } | null;
}

function describeBuildProblem({ text, location }: BuildProblem): string {
  return location ? `${location.file}:${location.line}: ${text}` : text;
}
