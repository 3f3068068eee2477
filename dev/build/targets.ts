/**
 * What `npm run build` makes of which entry, and with which options of esbuild.
 *
 * Where cold starts are paid for by the byte (Lambda), code is split, so that what is lazy is not even read. A drop-in
 * is one file, because it is copied by hand.
 */
import type { BuildOptions } from 'esbuild';
import { keepLazyApart } from './keep-lazy-apart.ts';
import { oneSdkFile } from './one-sdk-file.ts';
import { plainBuiltins } from './plain-builtins.ts';

/** One bundle. */
export interface BuiltFunction {
  readonly name: string;
  readonly entry: string;
  /** Under `dist/`. A target that is split has one to itself. */
  readonly folder: string;
  /** Path in that folder, without its ending. */
  readonly out: string;
  /** Whether lazy code goes into files of its own. */
  readonly split: boolean;
  /** Whether `auth.config.ts` is bundled, and so must be in order before anything is built. */
  readonly hasConfig: boolean;
}

export interface Target extends BuiltFunction {
  readonly name: 'aws-lambda' | 'vercel' | 'netlify' | 'node' | `${'aws-lambda' | 'vercel' | 'netlify'}-revoke`;
}

/** The endpoint, for each platform, and the one that revokes. */
export const TARGETS: readonly Target[] = [
  lambda('aws-lambda', 'adapters/aws-lambda/entry.ts', 'ably-auth'),
  lambda('aws-lambda-revoke', 'adapters/aws-lambda/revoke-entry.ts', 'ably-auth-revoke'),
  dropIn('vercel', 'vercel', 'adapters/vercel/entry.ts', 'api/ably-auth'),
  dropIn('vercel-revoke', 'vercel', 'adapters/vercel/revoke-entry.ts', 'api/ably-auth-revoke'),
  dropIn('netlify', 'netlify', 'adapters/netlify/entry.ts', 'functions/ably-auth'),
  dropIn('netlify-revoke', 'netlify', 'adapters/netlify/revoke-entry.ts', 'functions/ably-auth-revoke'),
  { name: 'node', entry: 'adapters/node/entry.ts', folder: 'node', out: 'ably-auth', split: true, hasConfig: true },
];

/** What rotates the key on AWS: a function of its own, with rights that the endpoint must not have. */
export const ROTATION: BuiltFunction = {
  name: 'aws-rotation',
  entry: 'adapters/aws-lambda/rotation-entry.ts',
  folder: 'aws-rotation',
  out: 'rotate-key',
  split: true,
  hasConfig: false,
};

function lambda(name: Target['name'], entry: string, out: string): Target {
  return { name, entry, folder: name, out, split: true, hasConfig: true };
}

function dropIn(name: Target['name'], folder: string, entry: string, out: string): Target {
  return { name, entry, folder, out, split: false, hasConfig: false };
}

/**
 * The same input gives the same bytes: nothing here depends on the time, the machine or where the project lies. The
 * folder is where the files are said to be; whoever calls esbuild writes them.
 */
export function bundleOptions({ entry, folder, out, split }: BuiltFunction, root: string) {
  return {
    absWorkingDir: root,
    entryPoints: [{ in: entry, out }],
    outdir: `dist/${folder}`,
    write: false,
    metafile: true,
    bundle: true,
    minify: true,
    splitting: split,
    plugins: split ? [oneSdkFile, plainBuiltins, keepLazyApart] : [oneSdkFile],
    chunkNames: 'chunks/[name]-[hash]',
    // The AWS clients ask of each answer whether it is one, and to tell them Node loads what makes them, more than a
    // millisecond. From Node's own HTTP client, through which they ask, none comes.
    define: split ? { ReadableStream: 'undefined' } : {},
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
