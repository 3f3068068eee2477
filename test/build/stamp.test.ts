/** The id of a build: what it depends on, and where it ends up. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { BUILD_ID, VERSION } from '../../core/build-info.ts';
import { stamp } from '../../dev/build/stamp.ts';

function files(texts: Readonly<Record<string, string>>) {
  return Object.entries(texts).map(([path, text]) => ({ path, contents: Buffer.from(text) }));
}

function textOf(stamped: ReturnType<typeof stamp>, path: string): string {
  return Buffer.from(stamped.files.find((file) => file.path === path)?.contents ?? []).toString();
}

const CODE = { 'a.mjs': `x="${BUILD_ID}";y="${BUILD_ID}"`, 'chunks/b.mjs': 'b()', 'a.mjs.map': `"${BUILD_ID}"` };

describe('the id of a build', () => {
  it('is the same for the same code, in whatever order and place it lies', () => {
    const { id } = stamp(files(CODE));
    expect(id).toMatch(/^[\w-]{12}$/);
    expect(stamp(files(CODE).reverse()).id).toBe(id);
    expect(stamp(files(CODE).map(({ path, contents }) => ({ path: `/elsewhere/${path}`, contents }))).id).toBe(id);
  });

  it('is another for other code, in whichever file', () => {
    const { id } = stamp(files(CODE));
    expect(stamp(files({ ...CODE, 'chunks/b.mjs': 'c()' })).id).not.toBe(id);
    expect(stamp(files({ ...CODE, 'a.mjs': 'x' })).id).not.toBe(id);
    expect(stamp(files({ ...CODE, 'a.mjs.map': 'x' })).id).toBe(id);
  });

  it('stands in the code wherever the placeholder stood, and moves nothing', () => {
    const stamped = stamp(files(CODE));
    expect(textOf(stamped, 'a.mjs')).toBe(`x="${stamped.id}";y="${stamped.id}"`);
    expect(textOf(stamped, 'chunks/b.mjs')).toBe('b()');
    expect(textOf(stamped, 'a.mjs.map')).toBe(CODE['a.mjs.map']);
  });
});

describe('the version', () => {
  it('is the package’s', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(VERSION).toBe(version);
  });
});
