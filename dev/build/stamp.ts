/**
 * Writes a build's id into it: a hash over its code, so that what answers somewhere can be compared with what was built
 * here. The same input gives the same id. Where the id is to be is written as a placeholder as long as itself
 * (core/build-info.ts), so that no position in a source map moves.
 */
import { createHash } from 'node:crypto';
import type { OutputFile } from 'esbuild';
import { BUILD_ID } from '../../core/build-info.ts';

export interface Stamped {
  /** Twelve characters. */
  readonly id: string;
  readonly files: readonly Pick<OutputFile, 'path' | 'contents'>[];
}

/** @param files as esbuild made them; their maps are left alone, and count for nothing */
export function stamp(files: readonly Pick<OutputFile, 'path' | 'contents'>[]): Stamped {
  const code = files.filter(({ path }) => !path.endsWith('.map'));
  const hash = createHash('sha256');
  for (const contents of code.map((file) => Buffer.from(file.contents).toString('latin1')).sort()) {
    hash.update(`${contents.length}\n${contents}`, 'latin1');
  }
  const id = hash.digest('base64url').slice(0, BUILD_ID.length);
  return {
    id,
    files: files.map((file) =>
      code.includes(file) ? { path: file.path, contents: stamped(file.contents, id) } : file,
    ),
  };
}

function stamped(contents: Uint8Array, id: string): Uint8Array {
  const bytes = Buffer.from(contents);
  for (let at = bytes.indexOf(BUILD_ID); at !== -1; at = bytes.indexOf(BUILD_ID, at)) bytes.write(id, at);
  return bytes;
}
