/** What is in the built files, seen from outside: sizes, what they import, and that building twice gives the same. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILD_ID } from '../../core/build-info.ts';
import { staticGraph } from '../../dev/build/static-graph.ts';
import { TARGETS } from '../../dev/build/targets.ts';
import { BUILDING_TAKES_AT_MOST_MS, type Built, buildArtefacts, sharedArtefacts } from './built.ts';

/**
 * What a cold start reads, minified. For the function on Lambda this is the budget; the others are bounds against growth.
 * A drop-in is one file, with the JWT library in it, and Netlify's also with the client of its blobs.
 * A function that revokes is called by few and not waited for by clients; the drop-in has Ably's SDK in it.
 */
const MAX_COLD_START_BYTES = {
  'aws-lambda': 60_000,
  'aws-lambda-revoke': 92_500,
  node: 82_500,
  vercel: 155_500,
  'vercel-revoke': 530_500,
  netlify: 172_500,
  'netlify-revoke': 547_500,
};
const IN_ONE_FILE = /^node_modules\/(jose|@netlify\/(blobs|runtime-utils|otel))\//;

let built: Built;
let again: Built;

beforeAll(async () => {
  [built, again] = await Promise.all([sharedArtefacts(), buildArtefacts()]);
}, BUILDING_TAKES_AT_MOST_MS);
afterAll(async () => {
  await built.remove();
  await again.remove();
});

async function hashes(dir: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const pairs = files.sort().map(async (file) => {
    const hash = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    return [file.slice(dir.length), hash] as const;
  });
  return new Map(await Promise.all(pairs));
}

describe('npm run build', () => {
  it('gives the same bytes for the same input, source maps included', async () => {
    const first = await hashes(built.dir);
    expect(first.size).toBeGreaterThan(20);
    expect(await hashes(again.dir)).toEqual(first);
  });

  it.each(TARGETS)('$name: a cold start reads only what every request runs', ({ name, entry, split }) => {
    const { inputs, externals, bytes } = staticGraph(built.of(name).metafile, entry);
    const foreign = inputs.filter((path) => !/^(core|adapters)\/|^(index|auth\.config)\.ts$|^builtin:/.test(path));
    expect(foreign.filter((path) => split || !IN_ONE_FILE.test(path))).toEqual([]);
    expect(inputs.filter((path) => /key-sources\/aws-|stores\/(dynamodb|redis)/.test(path))).toEqual([]);
    expect(inputs).toContain('core/auth-endpoint.ts');
    expect(externals.filter((name) => !name.startsWith('node:'))).toEqual([]);
    // Of Node itself: what is not asked for as the plain object would be read whole, getters and all.
    if (split) expect(externals).toEqual([]);
    const builtins = inputs.filter((path) => path.startsWith('builtin:'));
    if (name === 'aws-lambda') expect(builtins).toEqual(['builtin:node:crypto', 'builtin:node:fs']);
    expect(bytes).toBeLessThanOrEqual(MAX_COLD_START_BYTES[name]);
  });

  it.each(TARGETS)('$name: leaves no package to be found at run time', ({ name }) => {
    const imports = Object.values(built.of(name).metafile.outputs).flatMap((output) => output.imports);
    const { builtinModules } = process.getBuiltinModule('node:module');
    const left = imports.filter(
      ({ path, external }) => external && !path.startsWith('node:') && !builtinModules.includes(path),
    );
    expect(left).toEqual([]);
  });

  it.each(TARGETS)('$name: no file points to its map, or holds a path of this machine', async ({ folder }) => {
    for (const [path] of await hashes(join(built.dir, folder))) {
      const text = await readFile(join(built.dir, folder, path), 'utf8');
      expect(text).not.toContain('sourceMappingURL');
      expect(text).not.toContain(process.cwd());
      expect(text).not.toContain('Dynamic require of');
    }
  });

  it.each(TARGETS)('$name: says which build it is, in its code alone', async ({ name, folder, out }) => {
    const { id } = built.of(name);
    expect(again.of(name).id).toBe(id);
    const texts = [...(await hashes(join(built.dir, folder))).keys()]
      .filter((path) => path.endsWith('.mjs') && (path.includes('/chunks/') || path.endsWith(`${out}.mjs`)))
      .map((path) => readFile(join(built.dir, folder, path), 'utf8'));
    const code = (await Promise.all(texts)).join('\n');
    expect(code).toContain(JSON.stringify(id));
    expect(code).not.toContain(BUILD_ID);
  });

  it.each([
    ['vercel', ['ably-auth-revoke', 'ably-auth'].flatMap((name) => [`/api/${name}.mjs`, `/api/${name}.mjs.map`])],
    [
      'netlify',
      ['ably-auth-revoke', 'ably-auth'].flatMap((name) => [`/functions/${name}.mjs`, `/functions/${name}.mjs.map`]),
    ],
  ] as const)('%s: each drop-in is one file', async (name, files) => {
    expect([...(await hashes(join(built.dir, name))).keys()]).toEqual(files);
  });

  it.each(['secrets-manager-sdk', 'ssm-sdk', 'dynamodb-sdk'])(
    'aws-lambda: %s is one file, without what it loads lazily itself or has no use for',
    async (name) => {
      const { outputs } = built.of('aws-lambda').metafile;
      const paths = Object.keys(outputs).filter((output) => output.includes(`/chunks/${name}-`));
      const [path = '', ...more] = paths.filter((output) => output.endsWith('.mjs'));
      expect(more).toEqual([]);
      const kinds = outputs[path]?.imports.map(({ kind }) => kind) ?? [];
      expect(new Set(kinds)).toEqual(new Set(['dynamic-import']));
      expect(kinds.length).toBeGreaterThan(3);
      const text = await readFile(join(built.dir, path.replace(/^dist\//, '')), 'utf8');
      expect(text).toContain('secretAccessKey');
      expect(text).not.toContain('ReadableStream');
    },
  );

  it('aws-lambda: the Redis client, of CommonJS modules, can be loaded from its file', async () => {
    const { outputs } = built.of('aws-lambda').metafile;
    const [path = ''] = Object.keys(outputs).filter((name) => /redis-sdk-[\w-]+\.mjs$/.test(name));
    const sdk = (await import(join(built.dir, path.replace(/^dist\//, '')))) as Record<string, unknown>;
    expect(sdk.Redis).toBeTypeOf('function');
  });

  it.each([
    ['netlify', '/api/ably-auth'],
    ['netlify-revoke', '/api/ably-auth-revoke'],
  ] as const)(
    '%s: the path is a literal that can be read without running the file, and no method is named',
    async (name, path) => {
      const text = await readFile(built.of(name).entryFile, 'utf8');
      const local = /export\{(?:[^}]*,)?([\w$]+) as config[,}]/.exec(text)?.[1] ?? '';
      expect(local).not.toBe('');
      expect(text).toContain(`${local}={path:"${path}"};`);
    },
  );
});
