/**
 * Makes what is measured: every contender and every child program with the options of the product's own build for
 * Lambda, so that nobody is helped by a flag. Ours is the entry that is deployed.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { staticGraph } from '../build/static-graph.ts';
import { bundleOptions, TARGETS } from '../build/targets.ts';

export const OUR_LAMBDA = 'adapters/aws-lambda/entry.ts';

export interface Artefact {
  /** The file to import. */
  readonly path: string;
  /** Minified bytes that importing it reads: the entry and what it imports statically. */
  readonly staticBytes: number;
  /** With the chunks that are read on first use, if ever; without source maps. */
  readonly totalBytes: number;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** CommonJS inside an ES module asks for a `require`: the `ably` SDK and Express do. The banner is all they need. */
const REQUIRE = "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);";

/** @param entry a source file, relative to the project; its files go into a folder of their own below `outputRoot` */
export async function bundle(entry: string, outputRoot: string): Promise<Artefact> {
  const lambda = TARGETS.find(({ name }) => name === 'aws-lambda');
  if (!lambda) throw new Error('dev/build has no target aws-lambda');
  const { sourcemap: _, ...options } = bundleOptions({ ...lambda, entry, out: 'entry' }, ROOT);
  const folder = join(outputRoot, entry.replaceAll(/[^a-z0-9-]/g, '_'));
  const needsRequire = entry.includes('/tutorial/');
  const { metafile, outputFiles } = await build({
    ...options,
    outdir: folder,
    ...(needsRequire && { banner: { js: REQUIRE } }),
  });
  for (const { path, contents } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
  }
  return {
    path: join(folder, 'entry.mjs'),
    staticBytes: staticGraph(metafile, entry).bytes,
    totalBytes: outputFiles.reduce((sum, { contents }) => sum + contents.length, 0),
  };
}
