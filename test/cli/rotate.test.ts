/**
 * `rotate` and `retire` by the installed command, against a real Control API server and Ably service. Only the platforms' own
 * commands are stand-ins, because their other end is the network: they take the same arguments, and keep what is set in a file
 * that the deployed endpoint is started with.
 */
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as Ably from 'ably';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEnvironmentKeySource } from '../../adapters/key-sources/environment.ts';
import { startNodeServer } from '../../adapters/node/serve.ts';
import { anonymous, configureEndpoint } from '../../index.ts';
import { ACCESS_TOKEN, FIRST, type RotationStage, startRotationStage } from '../rotation/stage.ts';
import { untilState } from '../stage.ts';
import { type InstalledProject, installProject, type Ran } from './installed.ts';

/** As `vercel env add NAME production --sensitive --force`, the value on standard input. */
const VERCEL = `
const [env, add, name, target, ...flags] = process.argv.slice(2);
if ([env, add, target].join() !== 'env,add,production' || flags.join() !== '--sensitive,--force') process.exit(64);
set(name, require('node:fs').readFileSync(0, 'utf8'));`;
/** As \`netlify env:set NAME VALUE --secret --context production --force\`, which also prints what it has set. */
const NETLIFY = `
const [command, name, value, ...flags] = process.argv.slice(2);
if (command !== 'env:set' || flags.join() !== '--secret,--context,production,--force') process.exit(64);
set(name, value);
console.log('Set environment variable ' + name + '=' + value);`;
const STAND_IN = (body: string): string => `#!${process.execPath}
const fs = require('node:fs');
if (process.env.ABLY_CONTROL_TOKEN) process.exit(65);
if (fs.existsSync('signed-out')) process.exit(1);
function set(name, value) {
  const settings = JSON.parse(fs.readFileSync('settings.json', 'utf8'));
  fs.writeFileSync('settings.json', JSON.stringify({ ...settings, [name]: value }));
}
${body}`;

let project: InstalledProject;
let stage: RotationStage;
let deployed: Awaited<ReturnType<typeof startNodeServer>> | undefined;

beforeAll(async () => {
  project = await installProject();
  return () => project.remove();
});

beforeEach(async () => {
  stage = await startRotationStage();
  await project.write({
    'settings.json': JSON.stringify({ ABLY_API_KEY: `${FIRST.name}:${FIRST.secret}` }),
    '.vercel/project.json': '{"projectId":"prj_fake","orgId":"team_fake"}',
    '.netlify/state.json': '{"siteId":"fake-site"}',
    'bin/vercel': STAND_IN(VERCEL),
    'bin/netlify': STAND_IN(NETLIFY),
    'bin/package.json': '{"type":"commonjs"}',
  });
  for (const name of ['vercel', 'netlify']) await chmod(join(project.folder, 'bin', name), 0o755);
});
afterEach(async () => {
  await deployed?.close();
  deployed = undefined;
  await stage.close();
});

async function settings(): Promise<Record<string, string>> {
  return JSON.parse(await readFile(join(project.folder, 'settings.json'), 'utf8'));
}

/** Starts the endpoint with the settings as they are now, on the port that it had before. */
async function deploy(): Promise<string> {
  const port = deployed === undefined ? 0 : Number(new URL(deployed.url).port);
  await deployed?.close();
  const endpoint = configureEndpoint({
    definition: {
      build: () => ({
        sources: [anonymous()],
        rules: [{ name: 'all', when: { kind: 'anonymous' }, grant: { notifications: ['subscribe'] } }],
      }),
    },
    env: {},
    keySource: { ok: true, source: createEnvironmentKeySource(await settings()) },
  });
  deployed = await startNodeServer({ endpoint, host: '127.0.0.1', port });
  return `${deployed.url}/api/ably-auth`;
}

async function run(...args: readonly string[]): Promise<Ran> {
  const { service, control } = stage;
  const ran = await project.run(args, {
    env: {
      PATH: join(project.folder, 'bin'),
      ...{ ABLY_CONTROL_TOKEN: ACCESS_TOKEN, ABLY_CONTROL_URL: control.url },
      ...{ ABLY_ENDPOINT: service.host, ABLY_PORT: String(service.port), ABLY_TLS: 'false' },
    },
  });
  const secrets = [ACCESS_TOKEN, ...stage.control.keys().map(({ key }) => key.split(':')[1] ?? '')];
  for (const secret of secrets) expect(ran.stdout + ran.stderr).not.toContain(secret);
  return ran;
}

describe.each(['vercel', 'netlify'])('rotate --platform %s', (platform) => {
  const rotate = (...args: readonly string[]) => run('rotate', '--platform', platform, ...args);

  it('sets both keys, waits for the deployment, finishes; clients stay connected and renew', async () => {
    const url = await deploy();
    const client = new Ably.Realtime({ ...stage.service.clientOptions, logLevel: 0, authUrl: url });
    try {
      await untilState(client, 'connected');
      const states: string[] = [];
      client.connection.on(({ current }) => states.push(current));

      const begun = await rotate('--key', FIRST.name, '--url', url);
      expect(begun).toMatchObject({ code: 0, stderr: '' });
      const [next = ''] = /rotapp\.\w+/.exec(begun.stdout) ?? [];
      expect(begun.stdout).toMatch(/Now deploy/);
      const { ABLY_API_KEY: current, ABLY_API_KEY_PREVIOUS: previous } = await settings();
      expect([current?.split(':')[0], previous]).toEqual([next, `${FIRST.name}:${FIRST.secret}`]);

      // Not deployed yet: said again, and nothing is made twice.
      expect((await rotate('--app', 'rotapp', '--url', url)).stdout).toBe(begun.stdout);
      expect(stage.control.keys()).toHaveLength(3);

      await deploy();
      expect((await rotate('--app', 'rotapp', '--url', url)).stdout).toMatch(new RegExp(`^${next} serves\\.`));
      await client.auth.authorize();
      expect(stage.service.connections()[0]?.keyName).toBe(next);
      expect(new Set(states)).toEqual(new Set(['connected']));

      const waiting = await run('retire', '--platform', platform, '--app', 'rotapp');
      expect(waiting.stdout).toMatch(/^rotapp\.first: waiting until \d{4}-/);
      expect((await rotate('--app', 'rotapp')).stderr).toMatch(/^too-early: /);
    } finally {
      client.close();
    }
  });

  it('goes on where the platform’s command failed', async () => {
    await project.write({ 'signed-out': '' });
    const refused = await rotate('--key', FIRST.name);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/is it signed in\?/)]);
    expect((await settings()).ABLY_API_KEY).toBe(`${FIRST.name}:${FIRST.secret}`);
    await project.erase('signed-out');
    expect((await rotate('--app', 'rotapp')).code).toBe(0);
    expect(stage.control.keys()).toHaveLength(3);
    expect((await rotate('--app', 'rotapp', '--deployed')).stdout).toMatch(/serves/);
  });

  it('revokes one that leaked only when it does not serve any more, and says who is disconnected', async () => {
    const retireNow = () => run('retire', '--platform', platform, '--now', FIRST.name);
    await rotate('--key', FIRST.name);
    expect(await retireNow()).toMatchObject({ code: 1, stderr: expect.stringMatching(/may still serve/) });
    await rotate('--app', 'rotapp', '--deployed');
    expect(await retireNow()).toMatchObject({ code: 0, stdout: expect.stringMatching(/revoked\n[\s\S]*40131/) });
    expect(stage.key(FIRST.name)).toBeUndefined();
  });
});

describe('rotate', () => {
  it.each([
    [['--key', FIRST.name], /--platform is one of/],
    [['--platform', 'vercel'], /Name the app/],
    [['--platform', 'vercel', '--key', `${FIRST.name}:${FIRST.secret}`], /without its secret/],
    [['--platform', 'vercel', '--app', 'rotapp', '--url', 'nonsense'], /no URL/],
  ])('ends with 2 for what cannot be tried: %#', async (args, message) => {
    expect(await run('rotate', ...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(message) });
  });
});
