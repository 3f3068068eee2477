/** Folders that a lane may fill, outside the project, and that are gone when it ends. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));
export const PLATFORMS = join(PROJECT, 'test/platforms');

export interface Scratch {
  readonly path: string;
  remove(): void;
}

export function createScratch(name: string): Scratch {
  // Real, because some tools compare their working directory with the resolved path of a file in it.
  const path = mkdtempSync(join(realpathSync(tmpdir()), `ably-auth-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }) };
}
