/**
 * Keeps what is lazy out of what is not, and out of what else is lazy: a module that two of them need is put into each,
 * instead of into a file of its own.
 *
 * esbuild would make a shared file of it, however small, and a cold start would open and read several of a few hundred
 * bytes, which takes longer than reading the bytes twice where they are needed at all. Nothing of ours may rely on being
 * there once: errors are told by what they carry, and no module keeps state.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Plugin } from 'esbuild';

const MARK = '?lazy=';

/** For other plugins: whether the module that imports is on the lazy side. */
export function isLazy(pluginData: unknown): pluginData is string {
  return typeof pluginData === 'string' && pluginData.startsWith(MARK);
}

export const keepLazyApart: Plugin = {
  name: 'keep-lazy-apart',
  setup({ onResolve, onLoad, initialOptions: { absWorkingDir = '' } }) {
    onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path: imported, resolveDir, kind, pluginData }) => {
      const path = join(resolveDir, imported);
      const suffix =
        kind === 'dynamic-import' ? MARK + relative(absWorkingDir, path).replaceAll('\\', '/') : pluginData;
      return isLazy(suffix) ? { path, suffix, pluginData: suffix, sideEffects: false } : undefined;
    });
    onLoad({ filter: /\.ts$/ }, async ({ path, suffix }) => {
      if (!isLazy(suffix)) return undefined;
      const contents = await readFile(path, 'utf8');
      return { contents, loader: 'ts', resolveDir: dirname(path), pluginData: suffix };
    });
  },
};
