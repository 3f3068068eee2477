/** `dev` by the installed command: real clients, a config that changes while they are served, and where it refuses to run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import * as Ably from 'ably';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSessionCookies } from '../../index.ts';
import { untilState } from '../stage.ts';
import { type InstalledProject, installProject } from './installed.ts';

const SECRET = 'an-obviously-fake-session-secret-of-32-bytes';

const config = (visitors: string): string => `
import { anonymous, defineAuth, session, sessionSecrets } from 'ably-auth-functions';
import { members } from './rules.js';
export default defineAuth((env) => ({
  sources: [session({ secrets: sessionSecrets(env) }), anonymous()],
  rateLimit: { requests: 1000, per: '1m' },
  rules: [{ name: 'visitors', when: { kind: 'anonymous' }, grant: { ${visitors}: ['subscribe'] } }, members],
}));
`;
const RULES = `export const members = { name: 'members', grant: { 'room:*': ['publish', 'subscribe'] } };`;

interface Running {
  readonly url: string;
  readonly clientOptions: Ably.ClientOptions;
  readonly child: ChildProcess;
  /** Waits until it has said this on standard error. */
  said(text: string): Promise<void>;
}

let project: InstalledProject;
let running: Running | undefined;
beforeAll(async () => {
  project = await installProject(['esbuild', '@esbuild']);
  await project.write({ 'auth.config.ts': config('news'), 'rules.ts': RULES });
});
afterEach(async () => {
  running?.child.kill('SIGKILL');
  running = undefined;
});
afterAll(() => project.remove());

async function start(...args: readonly string[]): Promise<Running> {
  const command = join(project.folder, 'node_modules/ably-auth-functions/dist/lib/cli/main.js');
  const child = spawn(process.execPath, [command, 'dev', '--json', '--port', '0', ...args], {
    cwd: project.folder,
    env: { ABLY_AUTH_SESSION_SECRET: SECRET, ABLY_AUTH_STORE: 'memory' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const [line] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [unknown];
  const { url, ably } = JSON.parse(String(line)) as { url: string; ably: { clientOptions: Ably.ClientOptions } };
  running = {
    ...{ url: `${url}/api/ably-auth`, clientOptions: ably.clientOptions, child },
    async said(text) {
      while (!errors.includes(text)) await once(child.stderr, 'data');
      errors = errors.slice(errors.indexOf(text) + text.length);
    },
  };
  return running;
}

/** As many editors save: another file takes the place of the one that was there, whole. */
async function replace(file: string, text: string): Promise<void> {
  await project.write({ [`${file}.new`]: text });
  await rename(join(project.folder, `${file}.new`), join(project.folder, file));
}

async function capability(url: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const answer = (await (await fetch(url, { headers })).json()) as { readonly capability: string };
  return answer.capability;
}

describe('ably-auth-functions dev', () => {
  it('serves the project’s config to a real client, beside an Ably of its own', async () => {
    const { url, clientOptions, child } = await start();
    const client = new Ably.Realtime({ ...clientOptions, authUrl: url, logLevel: 0 });
    try {
      await untilState(client, 'connected');
      await client.channels.get('news').attach();
    } finally {
      client.close();
    }
    const session = { subject: 'ada', lifetimeSeconds: 600 };
    const cookie =
      createSessionCookies({ secrets: [SECRET] })
        .write(session, Date.now())
        .split(';')[0] ?? '';
    expect(await capability(url, { cookie })).toBe('{"room:*":["publish","subscribe"]}');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('reads a config again that has changed, and what it imports; one that is wrong takes no one’s place', async () => {
    const { url, said } = await start();
    expect(await capability(url)).toBe('{"news":["subscribe"]}');
    await replace('auth.config.ts', config('weather'));
    await said('read again');
    expect(await capability(url)).toBe('{"weather":["subscribe"]}');

    await replace('rules.ts', RULES.replace("'publish'", "'speak'"));
    await said('not taken, the one before goes on:\n  - rules[1]');
    await replace('auth.config.ts', 'export default {{');
    await said('not taken, the one before goes on: ');
    expect(await capability(url)).toBe('{"weather":["subscribe"]}');

    await replace('rules.ts', RULES);
    await replace('auth.config.ts', config('news'));
    await said('read again');
    expect(await capability(url)).toBe('{"news":["subscribe"]}');
  });

  it('reads its settings again as well, as often as they change', async () => {
    await project.write({ '.env': 'ABLY_AUTH_TTL=10m' });
    try {
      const { url, said } = await start();
      const ttl = async (): Promise<unknown> => ((await (await fetch(url)).json()) as { readonly ttl: number }).ttl;
      expect(await ttl()).toBe(600_000);
      for (const minutes of [20, 30]) {
        await replace('.env', `ABLY_AUTH_TTL=${minutes}m`);
        await said('read again');
        expect(await ttl()).toBe(minutes * 60_000);
      }
    } finally {
      await project.erase('.env');
    }
  });

  it.each([
    [{ NODE_ENV: 'production' }, [], /^It refuses to run here: NODE_ENV is production\./],
    [{ AWS_LAMBDA_FUNCTION_NAME: 'f' }, [], /this is AWS Lambda/],
    [{ VERCEL_ENV: 'preview' }, [], /this is a Vercel preview/],
    [{ NETLIFY: 'true' }, [], /this is Netlify/],
    [{}, ['--port', 'hunter2'], /^The port is a number/],
    [{}, ['--config', 'absent.ts'], /^There is no file absent\.ts/],
    [{ ABLY_AUTH_TTL: 'hunter2' }, [], /^It cannot start:\n {2}- ABLY_AUTH_TTL: /],
    [{ ABLY_API_KEY: 'hunter2' }, [], /^It cannot start:\n {2}- ABLY_API_KEY: /],
  ])('ends with 2 where it must not run or cannot: %j %j (S18)', async (env, args, message) => {
    const { code, stdout, stderr } = await project.run(['dev', '--port', '0', ...args], { env });
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
    expect(stderr).not.toContain('hunter2');
  });

  it('says where it is, and that a port is taken', async () => {
    const { url } = await start();
    const { code, stderr } = await project.run(['dev', '--port', new URL(url).port]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^The port is in use: --port says another/)]);
  });
});
