/**
 * Keeps what is lazy out of what is not: a module that both need is put into each, instead of into a file of its own.
 *
 * esbuild would make a shared file of it, however small, and a cold start would open and read several of a few hundred
 * bytes, which takes longer than reading the bytes twice where they are needed at all. Nothing of ours may rely on being
 * there once: errors are told by what they carry, and no module keeps state.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

const SUFFIX = '?lazy';

/** For other plugins: whether the module that imports is on the lazy side. */
export function isLazy(pluginData: unknown): boolean {
  return pluginData === SUFFIX;
}

export const keepLazyApart: Plugin = {
  name: 'keep-lazy-apart',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, resolveDir, kind, pluginData }) => {
      if (kind !== 'dynamic-import' && pluginData !== SUFFIX) return undefined;
      return { path: join(resolveDir, path), suffix: SUFFIX, pluginData: SUFFIX, sideEffects: false };
    });
    onLoad({ filter: /\.ts$/ }, async ({ path, suffix }) => {
      if (suffix !== SUFFIX) return undefined;
      const contents = await readFile(path, 'utf8');
      return { contents, loader: 'ts', resolveDir: dirname(path), pluginData: SUFFIX };
    });
  },
};
