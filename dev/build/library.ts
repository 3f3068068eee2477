/** Compiles the package's modules and their types into `dist/lib`, file by file, with the compiler that checks them. */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** @throws an Error whose message is what the compiler said */
export async function buildLibrary(root: string, distDir: string): Promise<void> {
  const outDir = join(distDir, 'lib');
  await rm(outDir, { recursive: true, force: true });
  const tsc = join(dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))), 'bin/tsc');
  const run = promisify(execFile)(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', outDir], {
    cwd: root,
  });
  await run.catch((error: { readonly stdout?: string }) => {
    throw new Error(error.stdout || String(error));
  });
}
