/**
 * Takes Node's own modules as the plain objects that they are, without the ES module that Node makes of each.
 *
 * For an `import` Node reads every property of a builtin once, and some are getters that load much more: `node:http` of
 * Node.js 24 loads its WebSocket and with it a whole HTTP client, 25 ms for somebody who wants `request`; `node:crypto`
 * loads WebCrypto. `process.getBuiltinModule` (Node.js 20.16 and later) reads nothing.
 */
import { builtinModules } from 'node:module';
import { relative } from 'node:path';
import type { Plugin } from 'esbuild';
import { isLazy } from './keep-lazy-apart.ts';

const NAMESPACE = 'builtin';
const LAZY_NAMESPACE = 'lazy-builtin';

export const plainBuiltins: Plugin = {
  name: 'plain-builtins',
  setup({ onResolve, onLoad, initialOptions: { absWorkingDir = '' } }) {
    onResolve({ filter: /^(node:)?[a-z_/0-9]+$/ }, ({ path, kind, importer, pluginData }) => {
      const name = path.replace(/^node:/, '');
      // CommonJS asks by `require`, which reads nothing either.
      if (!builtinModules.includes(name) || kind === 'require-call') return undefined;
      // One for each module that is not read at once: shared, it would be a file of its own, opened by all.
      const isShared = !isLazy(pluginData) && !importer.includes('node_modules');
      const side = isLazy(pluginData) ? pluginData : '?';
      const suffix = isShared ? '' : `${side}&${relative(absWorkingDir, importer).replaceAll('\\', '/')}`;
      const namespace = kind === 'dynamic-import' ? LAZY_NAMESPACE : NAMESPACE;
      return { path: `node:${name}`, namespace, suffix, sideEffects: false };
    });
    // A property that no `import` names is shaken off, so that only what is used is read.
    onLoad({ filter: /^node:/, namespace: NAMESPACE }, ({ path }) => ({ contents: asModule(path, Object.keys) }));
    // For `import()` all of them are read, here too: without the getters.
    onLoad({ filter: /^node:/, namespace: LAZY_NAMESPACE }, ({ path }) => ({ contents: asModule(path, plainKeys) }));
  },
};

function asModule(path: string, keysOf: (builtin: object) => readonly string[]): string {
  const names = keysOf(process.getBuiltinModule(path) ?? {}).filter((name) => /^(?!default$)[a-z_]\w*$/i.test(name));
  return [
    `const all = /* @__PURE__ */ process.getBuiltinModule(${JSON.stringify(path)});`,
    'export default all;',
    ...names.map((name) => `export const ${name} = /* @__PURE__ */ (() => all.${name})();`),
  ].join('\n');
}

function plainKeys(builtin: object): readonly string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(builtin)).flatMap(([name, { get }]) => (get ? [] : name));
}
