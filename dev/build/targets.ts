/**
 * What `npm run build` makes of which entry, and with which options of esbuild.
 *
 * Where cold starts are paid for by the byte (Lambda), code is split, so that what is lazy is not even read. A drop-in
 * is one file, because it is copied by hand.
 */
import type { BuildOptions } from 'esbuild';
import { keepLazyApart } from './keep-lazy-apart.ts';
import { oneSdkFile } from './one-sdk-file.ts';

/** One bundle. */
export interface BuiltFunction {
  readonly name: string;
  readonly entry: string;
  /** Path under `dist/<name>/`, without its ending. */
  readonly out: string;
  /** Whether lazy code goes into files of its own. */
  readonly split: boolean;
  /** Whether `auth.config.ts` is bundled, and so must be in order before anything is built. */
  readonly hasConfig: boolean;
}

export interface Target extends BuiltFunction {
  readonly name: 'aws-lambda' | 'vercel' | 'netlify' | 'node';
}

/** The endpoint, for each platform. */
export const TARGETS: readonly Target[] = [
  { name: 'aws-lambda', entry: 'adapters/aws-lambda/entry.ts', out: 'ably-auth', split: true, hasConfig: true },
  { name: 'vercel', entry: 'adapters/vercel/entry.ts', out: 'api/ably-auth', split: false, hasConfig: false },
  { name: 'netlify', entry: 'adapters/netlify/entry.ts', out: 'functions/ably-auth', split: false, hasConfig: false },
  { name: 'node', entry: 'adapters/node/entry.ts', out: 'ably-auth', split: true, hasConfig: true },
];

/** What rotates the key on AWS: a function of its own, with rights that the endpoint must not have. */
export const ROTATION: BuiltFunction = {
  name: 'aws-rotation',
  entry: 'adapters/aws-lambda/rotation-entry.ts',
  out: 'rotate-key',
  split: true,
  hasConfig: false,
};

/**
 * The same input gives the same bytes: nothing here depends on the time, the machine or where the project lies. The
 * folder is where the files are said to be; whoever calls esbuild writes them.
 */
export function bundleOptions({ entry, out, split, name }: BuiltFunction, root: string) {
  return {
    absWorkingDir: root,
    entryPoints: [{ in: entry, out }],
    outdir: `dist/${name}`,
    write: false,
    metafile: true,
    bundle: true,
    minify: true,
    splitting: split,
    plugins: split ? [oneSdkFile, keepLazyApart] : [],
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'node',
    // The oldest Node that anything of ours runs on.
    target: 'node20.19',
    // Lambda turns module detection off, and in other people's projects .js may mean CommonJS.
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    // The AWS clients as ES modules: half the size of their CommonJS, and no `require` that an .mjs would not have.
    mainFields: ['module', 'main'],
    // No comment in the file points to its map: a function must not read one to print a stack. The log holds positions,
    // and the map beside the build turns them into lines.
    sourcemap: 'external',
    logLevel: 'silent',
  } as const satisfies BuildOptions;
}
