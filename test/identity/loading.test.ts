/** What importing the package costs those who have no tokens to verify: nothing of the JWT library, and no network code. */
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { staticGraph } from '../../dev/build/static-graph.ts';
import { ROOT } from '../house/source-files.ts';

it.each(['index.ts', 'auth.config.ts'])(
  'importing %s loads neither the JWT library nor the verifier',
  async (entry) => {
    const { metafile } = await build({
      ...{ absWorkingDir: ROOT, entryPoints: [entry], outdir: 'out', write: false, metafile: true, logLevel: 'silent' },
      ...{ bundle: true, splitting: true, platform: 'node', format: 'esm', mainFields: ['module', 'main'] },
    });
    const { inputs, externals } = staticGraph(metafile, entry);
    expect(inputs).toContain('adapters/identity/oidc.ts');
    expect(inputs.filter((path) => /node_modules|verif|key-set|fetch-document|check-claims/.test(path))).toEqual([]);
    expect(externals.filter((name) => /https?$/.test(name))).toEqual([]);
    // It is there, in files that only the first token reads.
    const all = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
    expect(all.filter((path) => path.startsWith('node_modules/jose/')).length).toBeGreaterThan(5);
  },
);
