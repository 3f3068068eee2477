/**
 * What every cold start reads: an entry and all that it imports statically. What it imports with `import()` is read by
 * those who need it.
 */
import type { Metafile } from 'esbuild';

export interface StaticGraph {
  /** Output files, as the metafile names them. */
  readonly outputs: readonly string[];
  /** Source files of which something ended up in these. */
  readonly inputs: readonly string[];
  /** Packages and builtins that are left to the platform. */
  readonly externals: readonly string[];
  readonly bytes: number;
}

/** @param entry the source file of the entry, as the metafile names it */
export function staticGraph({ outputs }: Metafile, entry: string): StaticGraph {
  const start = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === entry);
  if (start === undefined) throw new Error(`No output was made from ${entry}`);
  const seen = new Set<string>([start]);
  const externals = new Set<string>();
  for (const path of seen) {
    for (const { path: imported, kind, external } of outputs[path]?.imports ?? []) {
      if (kind !== 'import-statement') continue;
      if (external) externals.add(imported);
      else seen.add(imported);
    }
  }
  const reached = [...seen].flatMap((path) => outputs[path] ?? []);
  return {
    outputs: [...seen],
    inputs: reached.flatMap(({ inputs }) =>
      Object.keys(inputs).filter((path) => (inputs[path]?.bytesInOutput ?? 0) > 0),
    ),
    externals: [...externals].sort(),
    bytes: reached.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
