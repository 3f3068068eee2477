/**
 * Makes something once for all files of a run, which run in processes of their own: whoever comes first makes it, the others
 * wait for it. It is only to be read.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inject } from 'vitest';

/**
 * @param make fills the folder that it is given, which is moved when it is done
 * @returns where it lies
 * @throws what `make` threw, in every file that asks for it
 */
export async function onceARun(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(inject('runFolder'), name);
  const isFirst = await mkdir(`${folder}.begun`).then(
    () => true,
    () => false,
  );
  if (!isFirst) return whenMade(folder);
  try {
    await mkdir(`${folder}.partial`);
    await make(`${folder}.partial`);
    await rename(`${folder}.partial`, folder);
    return folder;
  } catch (error) {
    await writeFile(`${folder}.failed`, error instanceof Error ? `${error.stack}` : String(error));
    throw error;
  }
}

async function whenMade(folder: string): Promise<string> {
  while (!existsSync(folder)) {
    if (existsSync(`${folder}.failed`)) throw new Error(await readFile(`${folder}.failed`, 'utf8'));
    await pause(50);
  }
  return folder;
}
