/** The client's entry as apps bundle it: small, nothing in it but itself, and content with what React Native has. */
import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import type { AblyAuth } from '../../client/index.ts';
import { startStage } from '../stage.ts';
import { ROOT } from './built.ts';

/** Bounds against growth; what it is now is printed. */
const MAX_BYTES = { minified: 10_000, gzip: 4_500 };

async function bundleClient(): Promise<{ readonly code: string; readonly inputs: readonly string[] }> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['client/index.ts'],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    // As Metro does: no builtins of Node, nothing of a browser.
    platform: 'neutral',
    mainFields: ['react-native', 'module', 'main'],
    format: 'iife',
    globalName: 'client',
    target: 'es2020',
  });
  return { code: outputFiles[0]?.text ?? '', inputs: Object.keys(metafile.inputs) };
}

describe('the client in a bundle', () => {
  it('is small, and holds no module but its own', async () => {
    const { code, inputs } = await bundleClient();
    const bytes = { minified: Buffer.byteLength(code), gzip: gzipSync(code, { level: 9 }).length };
    console.log(`client: ${bytes.minified} bytes minified, ${bytes.gzip} bytes gzip`);
    expect(inputs.filter((path) => !path.startsWith('client/'))).toEqual([]);
    expect(bytes.minified).toBeLessThanOrEqual(MAX_BYTES.minified);
    expect(bytes.gzip).toBeLessThanOrEqual(MAX_BYTES.gzip);
  });

  it('needs fetch, AbortController and timers, and no other thing of where it runs', async () => {
    const { code } = await bundleClient();
    const stage = await startStage();
    try {
      const bare = createContext({ fetch, AbortController, setTimeout, clearTimeout });
      const options = { url: stage.authUrl, headers: { cookie: stage.cookieOf('ada') }, holds: 'grant', guest: true };
      const auth = runInContext(`${code}; client.createAblyAuth(${JSON.stringify(options)})`, bare) as AblyAuth;
      const ask = (): Promise<unknown> =>
        new Promise((resolve, reject) => {
          auth.authCallback({}, (error, credential) => (error ? reject(error) : resolve(credential)));
        });
      await expect(ask()).resolves.toMatchObject({ clientId: 'ada', keyName: 'stageapp.stagekey' });
      auth.use({ auth: { authorize: ask } });
      await expect(auth.ensure([])).resolves.toEqual({ granted: [], refused: [] });
      await auth.signOut();
    } finally {
      await stage.close();
    }
  });
});
