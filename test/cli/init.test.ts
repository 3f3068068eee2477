/**
 * `init` by the installed command, in a folder with nothing in it and in a project that has its own: what it writes compiles
 * strictly against the package, passes its own policy test, and lets a real client connect.
 */
import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import * as Ably from 'ably';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configText, policyTestText, settingsText } from '../../cli/init/config-text.ts';
import { IDENTITIES, type IdentityChoice } from '../../cli/init/identities.ts';
import { PLATFORMS } from '../../cli/init/platforms.ts';
import { type AblyService, startAblyService } from '../../dev/ably-service/ably-service.ts';
import { ROOT } from '../build/built.ts';
import { STAGE_KEY, untilState } from '../stage.ts';
import { type InstalledProject, installProject, type Ran } from './installed.ts';

const run = promisify(execFile);
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const SECRET = 'an-obviously-fake-session-secret-of-32-bytes';

let project: InstalledProject;
let service: AblyService;
beforeAll(async () => {
  project = await installProject(['@types', 'undici-types', '@netlify', 'tsx', 'esbuild', '@esbuild']);
  service = await startAblyService({ keys: [STAGE_KEY] });
});
afterAll(() => Promise.all([project.remove(), service.close()]));

/** A folder of its own, with the packages in it as after `npm install`. */
async function emptyFolder(name: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = join(project.folder, name);
  await mkdir(folder);
  await symlink(join(project.folder, 'node_modules'), join(folder, 'node_modules'));
  for (const [path, text] of Object.entries(files)) await project.write({ [join(name, path)]: text });
  return folder;
}

const init = (cwd: string, ...args: readonly string[]): Promise<Ran> => project.run(['init', ...args], { cwd });

/** For every value that a source must be told, its example. */
function told(identity: string): readonly string[] {
  return (IDENTITIES[identity]?.asks ?? []).flatMap(({ name, example }) => ['--set', `${name}=${example}`]);
}

async function compile(folder: string, ...args: readonly string[]): Promise<string> {
  return run(process.execPath, [TSC, ...args], { cwd: folder }).then(
    ({ stdout }) => stdout,
    (error: { readonly stdout: string }) => error.stdout,
  );
}

async function contents(folder: string): Promise<Readonly<Record<string, string>>> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = files
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('node_modules'));
  const read = paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const);
  return Object.fromEntries(await Promise.all(read));
}

describe.each(Object.keys(PLATFORMS))('init --platform %s in an empty folder', (platform) => {
  const folderName = `empty-${platform}`;
  let folder: string;
  let child: ChildProcess | undefined;
  beforeAll(async () => {
    folder = await emptyFolder(folderName);
  });
  afterAll(() => child?.kill());

  it('writes a project that compiles strictly, and whose policy test passes', async () => {
    const { code, stdout, stderr } = await init(folderName, '--platform', platform, '--identity', 'session');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^new +auth\.config\.ts\n[\s\S]*\nNext\n {2}1\. (npm install|Put these files into a project of nextjs)\n/,
    );
    const include = PLATFORMS[platform]?.project.some(({ path }) => path === 'tsconfig.json') ? [] : NEXT_FLAGS;
    expect(await compile(folder, ...include)).toBe('');
    const tested = await run(process.execPath, ['--import', 'tsx', '--test', 'auth.config.test.ts'], { cwd: folder });
    expect(tested.stdout).toMatch(/# pass 5\n# fail 0\n|ℹ pass 5\nℹ fail 0\n/);
    expect(await project.run(['lint', '--strict'], { cwd: folderName })).toMatchObject({ code: 0 });
  });

  it('answers a real client, which connects', async () => {
    const env = { ABLY_API_KEY: `${STAGE_KEY.name}:${STAGE_KEY.secret}`, ABLY_AUTH_SESSION_SECRET: SECRET };
    const [started, authUrl] = await START[platform as keyof typeof START](folder, env);
    child = started;
    const client = new Ably.Realtime({ ...service.clientOptions, logLevel: 0, authUrl });
    try {
      await untilState(client, 'connected');
      await client.channels.get('notifications').attach();
    } finally {
      client.close();
    }
  });
});

const NEXT_FLAGS =
  '--noEmit --strict --skipLibCheck --target es2022 --module esnext --moduleResolution bundler app/api/ably-auth/route.ts'.split(
    ' ',
  );

type Started = readonly [ChildProcess, string];
type Env = Readonly<Record<string, string>>;

const START = {
  vercel: (folder: string, env: Env) => startBundled(folder, 'api/ably-auth.ts', 'fetch', env),
  netlify: (folder: string, env: Env) => startBundled(folder, 'netlify/functions/ably-auth.ts', 'function', env),
  'aws-lambda': async (folder: string, env: Env) => {
    const { scripts } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
      readonly scripts: { readonly build: string };
    };
    // As `npm run build` runs it.
    const [, ...args] = scripts.build.split(' ');
    await run(join(ROOT, 'node_modules/.bin/esbuild'), args, { cwd: folder });
    return serve('lambda', join(folder, 'dist/ably-auth.mjs'), env);
  },
  nextjs: async (folder: string, env: Env) => {
    // What Next.js does with a route: calls what is exported under the method's name.
    await writeFile(join(folder, 'as-function.ts'), "export { GET as default } from './app/api/ably-auth/route.ts';\n");
    return startBundled(folder, 'as-function.ts', 'function', env);
  },
  async node(folder: string, env: Env): Promise<Started> {
    const args = ['--import', 'tsx', 'ably-auth-server.ts'];
    const child = spawn(process.execPath, args, { cwd: folder, env: { ...env, PORT: '0' }, stdio: 'pipe' });
    const [printed] = (await once(child.stdout, 'data')) as [Buffer];
    return [child, `http://127.0.0.1:${/port: (\d+)/.exec(String(printed))?.[1]}/api/ably-auth`];
  },
} as const;

async function startBundled(folder: string, entry: string, kind: string, env: Env): Promise<Started> {
  const outfile = join(folder, 'bundled.mjs');
  const options = { outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'silent' } as const;
  await build({ entryPoints: [join(folder, entry)], ...options });
  return serve(kind, outfile, env);
}

async function serve(kind: string, file: string, env: Env): Promise<Started> {
  const child = fork(join(ROOT, 'test/build/serve-artefact.mjs'), [kind, file], { env, execArgv: [] });
  const [{ port }] = (await once(child, 'message')) as [{ readonly port: number }];
  return [child, `http://127.0.0.1:${port}/api/ably-auth`];
}

describe('what init writes', () => {
  it.each(['vercel', 'netlify'])('for %s is what infra ships', async (platform) => {
    const folder = await emptyFolder(`infra-${platform}`);
    await init(`infra-${platform}`, '--platform', platform, '--yes');
    const written = await contents(folder);
    for (const [path, text] of Object.entries(written)) {
      expect(text, path).toBe(await readFile(join(ROOT, 'infra', platform, path), 'utf8'));
    }
    const shipped = Object.keys(await contents(join(ROOT, 'infra', platform)));
    expect(shipped.filter((path) => !(path in written)).sort()).toEqual(['README.md', 'set-environment.mjs']);
  });

  it('compiles for every identity source, and its policy test passes', async () => {
    const folder = await emptyFolder('identities');
    await init('identities', '--platform', 'node', '--yes');
    for (const [name, choice] of Object.entries(IDENTITIES)) {
      const examples = Object.fromEntries(choice.asks.map((ask) => [ask.name, ask.example]));
      await project.write({
        [`identities/${name}/auth.config.ts`]: configText(choice, examples),
        [`identities/${name}/auth.config.test.ts`]: policyTestText(choice, 'node:test'),
      });
    }
    const settings = await readFile(join(folder, 'tsconfig.json'), 'utf8');
    await writeFile(join(folder, 'tsconfig.json'), settings.replace('auth.config.ts', '*/*.ts'));
    expect(await compile(folder, '--noUnusedLocals', '--noUnusedParameters')).toBe('');
    const tests = Object.keys(IDENTITIES).map((name) => join(name, 'auth.config.test.ts'));
    const tested = await run(process.execPath, ['--import', 'tsx', '--test', ...tests], { cwd: folder });
    expect(tested.stdout).toMatch(/(#|ℹ) fail 0\n/);
  }, 120_000);

  it.each(Object.keys(IDENTITIES))(
    'has an example of the settings with no key in it that looks like one: %s',
    (name) => {
      const settings = settingsText(IDENTITIES[name] as IdentityChoice);
      // Copied as it is, the local tools find no key, and run an Ably of their own.
      expect(Object.keys(parseEnv(settings))).not.toContain('ABLY_API_KEY');
      expect(settings).toContain('\n# ABLY_API_KEY=');
    },
  );

  it.each(['auth0', 'shared-secret'])('is told what %s must know, and lint finds nothing', async (identity) => {
    await emptyFolder(identity);
    expect(await init(identity, '--platform', 'node', '--identity', identity, ...told(identity))).toMatchObject({
      code: 0,
    });
    const env = { APP_JWT_SECRET: SECRET };
    expect(await project.run(['lint', '--strict'], { cwd: identity, env })).toMatchObject({ code: 0 });
  });

  it('puts what it was told into the code as a literal and nothing else', async () => {
    await emptyFolder('quoted');
    const audience = "it's \\ {x} `y`'), ...process.exit(";
    const args = ['--platform', 'node', '--issuer', 'https://id.example', '--audience', audience];
    expect(await init('quoted', ...args)).toMatchObject({ code: 0 });
    const text = (await contents(join(project.folder, 'quoted')))['auth.config.ts'];
    expect(text).toContain("audience: 'it\\'s \\\\ {x} `y`\\'), ...process.exit(' })");
    const broken = await init(
      'quoted',
      '--platform',
      'node',
      '--issuer',
      'https://id.example',
      '--audience',
      'a\nb',
      '--force',
    );
    expect(broken).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^The value for audience has control characters/),
    });
  });
});

describe('init in a project that has its own', () => {
  it('adds three files and the settings, for the platform that it finds', async () => {
    const own = {
      'package.json': '{"dependencies": {"next": "16"}, "devDependencies": {"vitest": "4"}}',
      'src/app/page.tsx': '',
    };
    const folder = await emptyFolder('next-project', own);
    const { code, stdout } = await init('next-project', '--yes', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      platform: 'nextjs',
      identity: 'session',
      written: true,
      files: ['auth.config.ts', 'src/app/api/ably-auth/route.ts', 'auth.config.test.ts', '.env.example'].map(
        (path) => ({
          path,
          state: 'new',
        }),
      ),
    });
    const written = await contents(folder);
    expect(written['package.json']).toBe(own['package.json']);
    expect(written['auth.config.test.ts']).toContain("from 'vitest'");
    const route = 'src/app/api/ably-auth/route.ts';
    expect(join(dirname(route), /from '([./]+auth\.config)'/.exec(written[route] ?? '')?.[1] ?? '')).toBe(
      'auth.config',
    );
  });

  it('overwrites nothing: it names what is in the way, and writes none of the files', async () => {
    const own = { 'package.json': '{}', 'auth.config.ts': 'mine', '.env.example': 'MINE=' };
    const folder = await emptyFolder('taken', own);
    const refused = await init('taken', '--platform', 'vercel', '--yes');
    expect(refused).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^In the way: auth\.config\.ts\. /),
    });
    expect(await contents(folder)).toEqual(own);

    const forced = await init('taken', '--platform', 'vercel', '--yes', '--force');
    expect(forced.stdout).toMatch(
      /^overwritten auth\.config\.ts\nnew +api\/ably-auth\.ts\nnew [\s\S]*\nkept +\.env\.example\n/,
    );
    expect(await contents(folder)).toMatchObject({
      '.env.example': 'MINE=',
      'auth.config.ts': expect.stringMatching(/defineAuth/),
    });

    const again = await init('taken', '--platform', 'vercel', '--yes');
    expect(again).toMatchObject({ code: 0, stdout: expect.stringMatching(/^same +auth\.config\.ts\nsame /) });
  });

  it('writes nothing when it is tried out', async () => {
    const folder = await emptyFolder('dry', { 'package.json': '{}' });
    const { code, stdout } = await init('dry', '--platform', 'netlify', '--yes', '--dry-run');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^new +auth\.config\.ts \(not written\)\n/)]);
    expect(Object.keys(await contents(folder))).toEqual(['package.json']);
  });

  it.each([
    [[], /^Nobody can be asked\. Say --platform /],
    [['--platform', 'node'], /^Nobody can be asked\. Say --identity /],
    [['--platform', 'node', '--identity', 'auth0'], /^auth0 must be told: --set domain=… \(such as tenant/],
    [['--platform', 'node', '--identity', 'auth0', '--set', 'hunter2'], /^--set is NAME=VALUE/],
    [['--platform', 'node', '--identity', 'none', '--set', 'hunter2=1'], /^none is told nothing/],
    [['--platform', 'node', '--identity', 'session', '--issuer', 'hunter2'], /^session is told nothing/],
    [['--platform', 'hunter2'], /^--platform is one of /],
  ])('ends with 2 when something is missing, and asks nobody: %j', async (args, message) => {
    await mkdir(join(project.folder, 'missing'), { recursive: true });
    const { code, stdout, stderr } = await init('missing', ...args);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
    expect(stderr).not.toContain('hunter2');
    expect(await readdir(join(project.folder, 'missing'))).toEqual([]);
  });
});
