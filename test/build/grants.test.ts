/**
 * A project whose config lets clients ask for more, bundled as our functions are, in many files and in one: what is lazy
 * is bundled apart from what is not, and each place where grants are remembered works all the same.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { staticGraph } from '../../dev/build/static-graph.ts';
import { bundleOptions } from '../../dev/build/targets.ts';
import type { Remembering } from '../../index.ts';
import { ROOT } from '../house/source-files.ts';

type Handler = (request: Request) => Promise<Response>;

const folder = mkdtempSync(join(ROOT, 'node_modules/.grants-build-'));
afterAll(() => rmSync(folder, { recursive: true }));

const entry = join(folder, 'entry.ts');
writeFileSync(
  entry,
  `import { createHandler } from '../../adapters/fetch/library.ts';
import { defineAuth, guest, memoryStore, remembering, requestable } from '../../index.ts';

const secrets = ['a-fake-session-secret-of-32-bytes-or-more'];
const env = { ABLY_API_KEY: 'appid.keyid:not-a-secret', ABLY_AUTH_LOG: 'silent' };

export const handlerFor = (where) => createHandler(defineAuth(() => ({
  sources: [guest({ secrets })],
  rules: [{ name: 'everybody', when: { kind: 'guest' }, grant: { lobby: ['subscribe'] } }],
  requestable: [requestable({
    resource: 'room:{id}',
    operations: ['subscribe'],
    when: { kind: 'guest' },
    check: ({ id }) => {
      if (id === 'broken') throw new TypeError('never-shown');
      return id !== 'closed';
    },
  })],
  grants: remembering(where),
  store: memoryStore(),
})), { env });
`,
);

async function bundled(split: boolean) {
  const name = relative(ROOT, entry);
  const target = { name: 'grants', entry: name, folder: 'grants', out: 'entry', split, hasConfig: true };
  const { outputFiles, metafile } = await build(bundleOptions(target, ROOT));
  const out = join(folder, split ? 'split' : 'one');
  for (const { path, contents } of outputFiles) {
    const file = join(out, relative(join(ROOT, 'dist/grants'), path));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, contents);
  }
  const { handlerFor } = (await import(pathToFileURL(join(out, 'entry.mjs')).href)) as {
    readonly handlerFor: (where: Remembering) => Handler;
  };
  return { handlerFor, graph: staticGraph(metafile, name) };
}

/** A phone: sends back what the last answer wants to be remembered by. */
function phone(handler: Handler) {
  const held: Record<string, string> = { 'X-Ably-Auth-Guest': 'new', 'X-Ably-Auth-Grant': 'new' };
  return async (resources: readonly string[]) => {
    const query = resources.length === 0 ? '' : `?resources=${encodeURIComponent(JSON.stringify(resources))}`;
    const response = await handler(new Request(`https://auth.example/api/ably-auth${query}`, { headers: held }));
    for (const name of Object.keys(held)) held[name] = response.headers.get(name) ?? held[name] ?? '';
    const { capability = '{}' } = (await response.json()) as { readonly capability?: string };
    const rooms = Object.keys(JSON.parse(capability)).filter((name) => name !== 'lobby');
    return { status: response.status, rooms, refused: response.headers.get('x-ably-auth-refused') };
  };
}

describe.each([
  ['many files', true],
  ['one file', false],
])('asking for more, bundled into %s', (_, split) => {
  it('works wherever grants are remembered, and fails as it should', async () => {
    const { handlerFor, graph } = await bundled(split);
    if (split)
      expect(graph.inputs.filter((path) => /grants\/(extend|signed|stored|ask-checks)/.test(path))).toEqual([]);
    for (const where of ['nothing', 'client', 'signed', 'store'] as const) {
      const ask = phone(handlerFor(where));
      const first = await ask(['room:7', 'room:closed']);
      const given = where === 'nothing' ? [] : ['room:7'];
      const refused = where === 'nothing' ? '["room:7","room:closed"]' : '["room:closed"]';
      expect([where, first]).toEqual([where, { status: 200, rooms: given, refused }]);
      const isKept = where === 'signed' || where === 'store';
      expect((await ask([])).rooms).toEqual(isKept ? ['room:7'] : []);
      if (where !== 'nothing') expect((await ask(['room:broken'])).status).toBe(503);
      expect((await ask(Array.from({ length: 101 }, (_none, n) => `room:${n}`))).status).toBe(400);
    }
  });
});
