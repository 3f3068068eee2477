/**
 * Snippets of TypeScript and JavaScript as programs: each page a folder, each block a file, checked by one compiler run
 * for every kind of place that code runs in. What a block is, is seen in it; CONTRIBUTING.md says how.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as ours from '../../index.ts';
import { ROOT } from '../house/source-files.ts';
import { BLOCKS, type Block } from './pages.ts';
import { isUnchecked } from './unchecked.ts';

export type Shape = 'module' | 'inside of a config' | 'rule';
export type Place = 'node' | 'browser' | 'javascript';

export interface Program {
  readonly block: Block;
  readonly shape: Shape;
  readonly place: Place;
  /** Relative to the folder that all are written to. */
  readonly file: string;
  /** The block with what it takes for granted around it. */
  readonly text: string;
}

/** A note that is a name without a folder: the file as which other blocks of the page import it. */
const FILE_NAME = /^[\w.-]+\.[jt]s$/;
/** The package's own names, to the sources that they are built from. */
export const OWN_ENTRIES: Readonly<Record<string, string>> = ownEntries();

function ownEntries(): Record<string, string> {
  const { name, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    name: string;
    exports: Record<string, string | { readonly default: string }>;
  };
  return Object.fromEntries(
    Object.entries(exports).flatMap(([path, target]) => {
      const source = typeof target === 'string' ? target : target.default.replace('./dist/lib/', './');
      return [[name + path.slice(1), join(ROOT, source.replace(/\.js$/, '.ts'))]];
    }),
  );
}

function shapeOf({ code }: Block): Shape {
  if (/^\w+: /.test(code)) return 'inside of a config';
  return /^\{ name: /.test(code) ? 'rule' : 'module';
}

const names = Object.keys(ours).join(', ');

function around(block: Block, shape: Shape): string {
  const code = block.code.replaceAll("'./index.ts'", "'ably-auth-functions'");
  const head = /import [^;]*\bAbly\b/.test(code) ? '' : "import * as Ably from 'ably';\n";
  const inside = `import { ${names} } from 'ably-auth-functions';\nexport default defineAuth((env) => ({\n`;
  // What the block says itself, it says instead.
  const sources = /^sources:/m.test(code) ? '' : 'sources: [session({ secrets: sessionSecrets(env) }), anonymous()],\n';
  const rules = /^rules:/m.test(code) ? '' : "rules: [{ name: 'all', grant: { room: ['subscribe'] } }],\n";
  if (shape === 'rule') return `${head}${inside}${sources}rules: [\n${code}],\n}));\n`;
  return shape === 'module' ? head + code : `${head}${inside}${sources}${rules}${code.replace(/\}\n$/, '},\n')}}));\n`;
}

function placesOf(blocks: readonly Block[]): ReadonlyMap<Block, Place> {
  const inPage = (of: Block, name: string): Block | undefined =>
    blocks.find(({ page, note }) => page === of.page && note === name);
  const isBrowser = (block: Block): boolean =>
    /ably-auth-functions\/client'|\b(localStorage|location|document)\b|\bfetch\(/.test(block.code) ||
    [...block.code.matchAll(/from '\.\/([\w.-]+)'/g)].some(([, name = '']) => {
      const imported = inPage(block, name);
      return imported !== undefined && imported !== block && isBrowser(imported);
    });
  return new Map(
    blocks.map((block) => [block, block.language === 'js' ? 'javascript' : isBrowser(block) ? 'browser' : 'node']),
  );
}

/** Every block of TypeScript or JavaScript that there is a compiler for here. */
export const PROGRAMS: readonly Program[] = (() => {
  const blocks = BLOCKS.filter((block) => /^[jt]s$/.test(block.language) && !isUnchecked(block));
  const places = placesOf(blocks);
  return blocks.map((block) => {
    const shape = shapeOf(block);
    const name = block.note && FILE_NAME.test(block.note) ? block.note : `line-${block.line}.${block.language}`;
    const file = join(block.page, name);
    return { block, shape, place: places.get(block) ?? 'node', file, text: around(block, shape) };
  });
})();

const OPTIONS: Readonly<Record<Place, object>> = {
  node: { types: ['node'] },
  browser: { lib: ['es2022', 'dom', 'dom.iterable'], types: [] },
  javascript: { types: ['node'], allowJs: true, checkJs: true, noImplicitAny: false },
};

/** Writes the programs below a folder; those that import an `auth.config.ts` that the page does not show get ours. */
export function writePrograms(folder: string): void {
  for (const { file, text } of PROGRAMS) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    const declared = join(ROOT, 'test/docs/readers-own.d.ts');
    writeFileSync(join(folder, file), `/// <reference path="${declared}" />\n${text}\nexport {};\n`);
    const [, config] = /from '\.\/(auth\.config\.[jt]s)'/.exec(text) ?? [];
    const isShown = PROGRAMS.some((other) => other.file === join(dirname(file), config ?? ''));
    if (config !== undefined && !isShown) {
      const shipped = join(ROOT, 'auth.config.ts');
      writeFileSync(join(folder, dirname(file), config), `export { default } from '${shipped}';\n`);
    }
  }
}

/** What the compiler says of all programs of one place; nothing when they are in order. */
export function compile(folder: string, place: Place): Promise<string> {
  const compilerOptions = {
    noUnusedLocals: false,
    noUnusedParameters: false,
    paths: Object.fromEntries(Object.entries(OWN_ENTRIES).map(([name, path]) => [name, [path]])),
    ...OPTIONS[place],
  };
  const files = PROGRAMS.filter((program) => program.place === place).map(({ file }) => file);
  const config = { extends: join(ROOT, 'tsconfig.json'), compilerOptions, files, include: [], exclude: [] };
  const path = join(folder, `tsconfig.${place}.json`);
  writeFileSync(path, JSON.stringify(config));
  return new Promise((resolve) => {
    const tsc = join(ROOT, 'node_modules/.bin/tsc');
    execFile(tsc, ['--noEmit', '--pretty', 'false', '-p', path], { cwd: folder, encoding: 'utf8' }, (_, output) =>
      resolve(output),
    );
  });
}
