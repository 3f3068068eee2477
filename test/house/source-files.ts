/** The project's own source files, and what each imports. Read as text: what is not written is not imported. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const SOURCE_FOLDERS = ['core', 'adapters', 'client', 'testing', 'cli', 'dev'];
const SOURCE_FILES = ['index.ts', 'auth.config.ts'];

export interface Import {
  /** As written: `node:crypto`, `ably`, `../limits.ts`. */
  readonly specifier: string;
  /** Path from the root, for an import of a file of ours. */
  readonly file: string | undefined;
  readonly typeOnly: boolean;
  /** `import(…)`: read when that line runs, not with the file. */
  readonly dynamic: boolean;
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

export function sourceFiles(): readonly SourceFile[] {
  const listed = SOURCE_FOLDERS.flatMap((folder) => {
    try {
      return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        posix.join(folder, name),
      );
    } catch {
      return [];
    }
  });
  return [...SOURCE_FILES, ...listed]
    .filter((path) => path.endsWith('.ts') && !path.includes('node_modules'))
    .map((path) => readSource(path));
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const imports: Import[] = [];
  const statement = /^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\bfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;
  for (const [, type, fixed, dynamic] of text.matchAll(statement)) {
    const specifier = fixed ?? dynamic ?? '';
    const file = specifier.startsWith('.') ? posix.join(dirname(path), specifier) : undefined;
    imports.push({ specifier, file, typeOnly: type !== undefined, dynamic: dynamic !== undefined });
  }
  return { path, text, imports };
}
