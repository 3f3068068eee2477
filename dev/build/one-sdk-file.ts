/**
 * Bundles an SDK by itself, into one ES module, before the rest takes it in.
 *
 * Together with the rest, esbuild would put what the SDK shares with its own lazy parts into files of their own, nine for
 * an AWS client, each to be found and opened by a cold start; and its helpers for CommonJS into one that every cold start
 * reads, used or not.
 */
import { builtinModules } from 'node:module';
import { dirname } from 'node:path';
import { build, type Plugin } from 'esbuild';

/**
 * What the SDKs do without: `ws` uses the first two where somebody has installed them, the third is the cache of `got`,
 * which Ably's SDK leaves off and which would look for its stores at run time, and `debug` tries the last.
 */
const LEFT_OUT: Readonly<Record<string, string>> = {
  bufferutil: "throw new Error('It is not installed');",
  'utf-8-validate': "throw new Error('It is not installed');",
  keyv: 'module.exports = class {};',
  'supports-color': "throw new Error('It is not installed');",
};

/** An ES module has no `require`; and what is loaded lazily of Node's own modules needs no file to come from. */
const nodesOwnModules: Plugin = {
  name: 'nodes-own-modules',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[\w:/-]+$/ }, ({ path, kind }) => {
      if (kind !== 'require-call' && kind !== 'dynamic-import') return undefined;
      if (path in LEFT_OUT) return { path, namespace: 'left-out' };
      return builtinModules.includes(path.replace(/^node:/, '')) ? { path, namespace: 'builtin' } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
    onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({ contents: LEFT_OUT[path] ?? '' }));
  },
};

/** What it loads lazily is not taken in: of the AWS clients, the providers of credentials that a function does not need. */
const lazyStaysLazy: Plugin = {
  name: 'lazy-stays-lazy',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^/]/ }, async ({ path: imported, kind, importer, resolveDir, pluginData }) => {
      if (kind !== 'dynamic-import' || pluginData === 'asked') return undefined;
      const { path, errors } = await resolve(imported, { kind, importer, resolveDir, pluginData: 'asked' });
      return errors.length > 0 ? { errors } : { path, external: true };
    });
  },
};

export const oneSdkFile: Plugin = {
  name: 'one-sdk-file',
  setup({ initialOptions, onLoad }) {
    const { absWorkingDir, minify, platform, target, logLevel, mainFields } = initialOptions;
    onLoad(
      { filter: /[\\/](ably|redis|rate-limiter|dynamodb|secrets-manager|ssm)-sdk\.ts$/ },
      async ({ path, pluginData }) => {
        const options = { absWorkingDir, minify, platform, target, logLevel, mainFields } as typeof initialOptions;
        const { outputFiles } = await build({
          ...options,
          ...{ entryPoints: [path], bundle: true, write: false, format: 'esm', legalComments: 'none' },
          // Beside it, so that the map's paths are as from there.
          ...{ outfile: `${path}.mjs`, sourcemap: 'inline' },
          plugins: [nodesOwnModules, lazyStaysLazy],
        });
        return { contents: outputFiles?.[0]?.text ?? '', loader: 'js', resolveDir: dirname(path), pluginData };
      },
    );
  },
};
