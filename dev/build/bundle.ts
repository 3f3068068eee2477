/** Bundles one target and writes its files; says what came out, for the console and for the tests. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { stamp } from './stamp.ts';
import { type BuiltFunction, bundleOptions, type Target } from './targets.ts';

export interface Bundle<T extends BuiltFunction = Target> {
  readonly target: T;
  /** The file that the platform loads. */
  readonly entryFile: string;
  /** Paths in it are relative to the project: `dist/aws-lambda/ably-auth.mjs`. */
  readonly metafile: Metafile;
  /** What `?health` says of it to an operator. */
  readonly id: string;
}

/**
 * @param distDir emptied of the chunks of this target first, so that none of an earlier build is deployed
 * @throws esbuild's BuildFailure, whose message says where
 */
export async function bundle<T extends BuiltFunction>(target: T, root: string, distDir: string): Promise<Bundle<T>> {
  const options = bundleOptions(target, root);
  const { outputFiles, metafile } = await build(options);
  const targetDir = join(distDir, target.folder);
  // One that is a single file writes over it, and may share the folder.
  if (target.split) await rm(targetDir, { recursive: true, force: true });
  const { id, files } = stamp(outputFiles);
  for (const { path, contents } of files) {
    const file = join(targetDir, relative(join(root, options.outdir), path));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, contents);
  }
  return { target, metafile, id, entryFile: join(targetDir, `${target.out}.mjs`) };
}
