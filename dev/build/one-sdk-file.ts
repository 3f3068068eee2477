/**
 * Bundles an SDK of CommonJS modules by itself, into one ES module, before the rest takes it in. Together with our own
 * modules esbuild would put its helpers for CommonJS into a file that every cold start reads, used or not.
 */
import { builtinModules } from 'node:module';
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

/** An ES module has no `require`. */
const nodesOwnModules: Plugin = {
  name: 'nodes-own-modules',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[\w:/-]+$/ }, ({ path, kind }) => {
      if (kind !== 'require-call') return undefined;
      if (path in LEFT_OUT) return { path, namespace: 'left-out' };
      return builtinModules.includes(path.replace(/^node:/, '')) ? { path, namespace: 'builtin' } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
    onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({ contents: LEFT_OUT[path] ?? '' }));
  },
};

export const oneSdkFile: Plugin = {
  name: 'one-sdk-file',
  setup({ initialOptions, onLoad }) {
    const { absWorkingDir, minify, platform, target, logLevel } = initialOptions;
    onLoad({ filter: /[\\/](ably|redis|dynamodb|rate-limiter)-sdk\.ts$/ }, async ({ path, pluginData }) => {
      const options = { absWorkingDir, minify, platform, target, logLevel } as typeof initialOptions;
      const { outputFiles } = await build({
        ...options,
        ...{ entryPoints: [path], bundle: true, write: false, format: 'esm', legalComments: 'none' },
        plugins: [nodesOwnModules],
      });
      return { contents: outputFiles?.[0]?.text ?? '', loader: 'js', pluginData };
    });
  },
};
