/**
 * What the system refuses to do with a file, in words for whoever named it: no bug of the command. The messages of Node
 * are not shown, because errors of other kinds look like them; the path is what was named.
 */
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { CannotRun } from './command.ts';

const PLAINER: Readonly<Record<string, string>> = {
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is a file, and no folder',
  ENOENT: 'there is no such file or folder',
};

/** Of an error with a code of the system; `undefined` for any other. */
export function systemRefusal(error: unknown): string | undefined {
  const { code, errno } = (error ?? {}) as { readonly code?: unknown; readonly errno?: unknown };
  if (typeof code !== 'string' || typeof errno !== 'number') return undefined;
  return PLAINER[code] ?? getSystemErrorMap().get(errno)?.[1];
}

/** @returns of an error about a file a CannotRun that names it, as seen from the folder; any other error as it is */
export function asCannotRun(error: unknown, folder: string): unknown {
  const refusal = systemRefusal(error);
  const { path } = (error ?? {}) as { readonly path?: unknown };
  if (refusal === undefined || typeof path !== 'string') return error;
  const near = relative(folder, path);
  return new CannotRun(`${near === '' || near.startsWith('..') ? path : near}: ${refusal}.`);
}

/** The text of a file. Of a folder, which can be opened and not read, Node's error would name no path. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw systemRefusal(error) === undefined ? error : Object.assign(error as Error, { path });
  }
}
