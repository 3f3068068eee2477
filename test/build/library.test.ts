/**
 * The package as somebody has it who installed it: what `files` lets through and no more, in a project of their own,
 * compiled strictly and run by plain Node.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildLibrary } from '../../dev/build/library.ts';
import { ROOT } from './built.ts';

const run = promisify(execFile);
const KEY = 'builtapp.builtkey:obviously-a-fake-secret';

let project: string;
let manifest: { readonly exports: Record<string, { readonly types: string; readonly default: string } | string> };

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'installed-'));
  const installed = join(project, 'node_modules/ably-auth-functions');
  await mkdir(join(project, 'node_modules/@types'), { recursive: true });
  manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  await buildLibrary(ROOT, join(installed, 'dist'));
  for (const file of ['package.json', 'policy.schema.json']) await cp(join(ROOT, file), join(installed, file));
  // Its dependencies, and what a TypeScript project has by itself.
  for (const name of [
    'ably',
    'jose',
    'rate-limiter-flexible',
    '@aws-sdk',
    '@smithy',
    '@netlify',
    '@types/node',
    'undici-types',
  ]) {
    await symlink(join(ROOT, 'node_modules', name), join(project, 'node_modules', name));
  }
  await writeFile(join(project, 'package.json'), '{"private": true, "type": "module"}');
});
afterAll(() => rm(project, { recursive: true, force: true }));

async function copyTemplate(name: 'vercel' | 'netlify'): Promise<string> {
  const folder = join(project, name);
  await cp(join(ROOT, 'infra', name), folder, { recursive: true });
  return folder;
}

describe('the package', () => {
  it('has every file that its exports name, types beside code', async () => {
    for (const target of Object.values(manifest.exports)) {
      const files = typeof target === 'string' ? [target] : [target.types, target.default];
      for (const file of files) {
        await expect(readFile(join(project, 'node_modules/ably-auth-functions', file))).resolves.toBeDefined();
      }
    }
  });

  it('can be imported by plain Node, with nothing set and without printing anything', async () => {
    const names = Object.keys(manifest.exports).filter((name) => !name.endsWith('.json'));
    const code = names.map((name) => `await import('ably-auth-functions${name.slice(1)}')`).join(';');
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', code], {
      cwd: project,
      env: {},
    });
    expect(stdout + stderr).toBe('');
  });

  it('holds no entry of ours, which would start with a config that is not theirs, and no demo login', async () => {
    const files = await readdir(join(project, 'node_modules/ably-auth-functions/dist/lib'), { recursive: true });
    expect(files.filter((file) => /^adapters\/.*entry\.js$|auth\.config|^test\//.test(file))).toEqual([]);
    // What the command `dev` needs: a local Ably service, and where it refuses to run.
    const dev = files.filter((file) => /^dev\/.*\.js$/.test(file) && !file.startsWith('dev/ably-service/'));
    expect(dev.sort()).toEqual(['dev/demo/ably.js', 'dev/refuse-production.js']);
  });
});

describe('the client’s entry', () => {
  it('compiles strictly in a browser project, without the types of Node', async () => {
    const folder = join(project, 'browser');
    await mkdir(folder);
    const code = `import * as Ably from 'ably';
import { type AblyAuthError, createAblyAuth } from 'ably-auth-functions/client';
const storage = { load: () => localStorage.getItem('ably'), save: (text: string) => localStorage.setItem('ably', text) };
const auth = createAblyAuth({ url: '/api/ably-auth', storage, fetch, onSignedOut: (error: AblyAuthError) => error.code });
export const client = auth.use(new Ably.Realtime({ authCallback: auth.authCallback }));
export const opened: Promise<Ably.ChannelStateChange | null> = auth.attachOrAsk(client.channels.get('room:7'));
`;
    await writeFile(join(folder, 'app.ts'), code);
    const flags =
      '--noEmit --strict --skipLibCheck --target es2022 --lib es2022,dom --types --module esnext --moduleResolution bundler';
    const args = flags.split(' ').flatMap((flag) => (flag === '--types' ? [flag, ''] : [flag]));
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const compiled = run(process.execPath, [tsc, ...args, join(folder, 'app.ts')], { cwd: folder });
    await expect(compiled.catch((error: { stdout: string }) => error.stdout)).resolves.toMatchObject({ stdout: '' });
  });
});

describe.each([
  ['vercel', 'api/ably-auth.ts', '.default.fetch'],
  ['netlify', 'netlify/functions/ably-auth.ts', '.default'],
] as const)('the template for %s', (name, entry, handler) => {
  it('compiles strictly against the package, its declarations checked too', async () => {
    const folder = await copyTemplate(name);
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    // A project has the types of Node in its own node_modules, which the copy has not.
    const types = ['--typeRoots', join(project, 'node_modules/@types')];
    const compiled = run(process.execPath, [tsc, '-p', folder, '--skipLibCheck', 'false', ...types]);
    await expect(compiled.catch((error: { stdout: string }) => error.stdout)).resolves.toMatchObject({ stdout: '' });
  });

  it('answers a visitor, and without a key says 503', async () => {
    const folder = await copyTemplate(name);
    const outfile = join(folder, 'bundled.mjs');
    await build({
      entryPoints: [join(folder, entry)],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
    });
    const bundled = await readFile(outfile, 'utf8');
    expect(bundled.includes('@aws-sdk')).toBe(false);
    const code = `const m = await import(${JSON.stringify(outfile)}); const r = await m${handler}(new Request('https://a.example/api/ably-auth'), {}); process.stderr.write(r.status + ' ' + (await r.text()))`;
    const call = async (env: NodeJS.ProcessEnv): Promise<string> =>
      (await run(process.execPath, ['--input-type=module', '-e', code], { cwd: folder, env })).stderr;
    expect(await call({ ABLY_API_KEY: KEY })).toMatch(/^200 .*"capability":"\{\\"notifications\\":/);
    expect(await call({})).toMatch(/^503 /);
  });

  it('publishes nothing but what is meant for everybody', async () => {
    const folder = join(ROOT, 'infra', name);
    expect(await readdir(join(folder, 'public'))).toEqual(['robots.txt']);
    const settings = await readFile(join(folder, name === 'vercel' ? 'vercel.json' : 'netlify.toml'), 'utf8');
    expect(settings).toMatch(/"outputDirectory": "public"|publish = "public"/);
    expect(dirname(entry)).not.toContain('public');
  });
});
