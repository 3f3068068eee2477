/** examples/node, the program itself, as a process: what it does at sign-in, renewal, refusal and change of identity. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as Ably from 'ably';
import { afterEach, describe, expect, it } from 'vitest';
import definition from '../../auth.config.ts';
import { startDevServer } from '../../dev/server.ts';
import { oidc } from '../../index.ts';
import { ROOT } from '../house/source-files.ts';
import { freePort } from '../platforms/support/free-port.ts';
import { STAGE_KEY } from '../stage.ts';
import { type LocalServer, type LocalServerOptions, startLocalServer } from './local-server.ts';
import { MACHINE, startMachineProvider } from './machine-provider.ts';
import { type RunningService, runAsInReadme, runService } from './run-service.ts';

const RENEWS_AT_ONCE: LocalServerOptions = { config: { ttl: '60s' }, service: { renewalLeadMs: 59_000 } };

const toStop: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of toStop.splice(0).reverse()) await stop();
});

async function localServer(options?: LocalServerOptions): Promise<LocalServer> {
  const on = await startLocalServer(options);
  toStop.push(on.close);
  return on;
}

function run(on: LocalServer, env: Readonly<Record<string, string>>): RunningService {
  const service = runService({ LOCAL_SERVER: on.url, CHANNEL: 'news', ...env });
  toStop.push(service.stop);
  return service;
}

/** The file that the platform writes the service's token into. */
async function tokenFile(): Promise<{ readonly path: string; hold(token: string): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'token-'));
  toStop.push(() => rm(folder, { recursive: true }));
  const path = join(folder, 'token');
  return { path, hold: (token) => writeFile(path, `${token}\n`) };
}

describe('the Node service', () => {
  it('runs against npm start, line by line as its README says', async () => {
    const readme = await readFile(join(ROOT, 'examples/node/README.md'), 'utf8');
    const [, script = ''] = /^cd examples\/node && npm .*\n(?:npm install .*\n)?([\s\S]+?)```/m.exec(readme) ?? [];
    expect(script).toContain('npm start');
    const server = await startDevServer({
      definition,
      env: { PORT: '0', ABLY_AUTH_LOG: 'silent', ABLY_AUTH_SESSION_SECRET: 'x'.repeat(40) },
      print: () => {},
    });
    toStop.push(server.close);
    const token = await tokenFile();
    const service = runAsInReadme(
      script.replaceAll('http://127.0.0.1:3000', server.url).replaceAll('/tmp/machine-token', token.path),
    );
    toStop.push(service.stop);
    await service.prints('connected as orders-service');
    await service.prints('listening on orders');
    await service.prints('room:garden is open');
  });

  it('signs in with its client credentials, hears its channel, and opens one more on asking', async () => {
    const provider = await startMachineProvider();
    toStop.push(provider.close);
    const sources = [oidc({ issuer: provider.issuer, audience: MACHINE.audience })];
    const on = await localServer({ config: { sources } });
    const service = run(on, {
      TOKEN_URL: provider.tokenUrl,
      CLIENT_ID: MACHINE.id,
      CLIENT_SECRET: MACHINE.secret,
      AUDIENCE: MACHINE.audience,
    });
    await service.prints('connected as orders-service');
    await service.prints('room:garden is open');
    const server = new Ably.Rest({ ...on.service.clientOptions, key: `${STAGE_KEY.name}:${STAGE_KEY.secret}` });
    await server.channels.get('news').publish('placed', { id: 7 });
    expect(await service.prints('news: ')).toBe('news: placed {"id":7}');
    // Two requests to the endpoint, one access token: it is held until it is about to end.
    expect(on.events.filter(({ kind }) => kind === 'issued').length).toBe(2);
    expect(provider.tokensGiven()).toBe(1);
  });

  it('ends when it is told to, also while it is asking for a room', async () => {
    const on = await localServer();
    const token = await tokenFile();
    await token.hold(await on.accessTokenOf('reports'));
    const service = run(on, { TOKEN_FILE: token.path });
    // It asks now. Closed without more ado, the SDK would connect again with what is answered.
    await service.prints('connected as reports');
    await service.stop();
    expect(await service.ended).toBe(0);
    await expect.poll(() => on.service.connections()).toEqual([]);
  });

  it('says that a room is closed, and stays connected', async () => {
    const on = await localServer();
    const token = await tokenFile();
    await token.hold(await on.accessTokenOf('reports'));
    const service = run(on, { TOKEN_FILE: token.path, ONE_MORE: 'room:boardroom' });
    await service.prints('room:boardroom is closed to this service');
    expect(on.service.connections().map(({ clientId }) => clientId)).toEqual(['reports']);
  });

  it('keeps its identity over renewals, and connects anew when it has become somebody else', async () => {
    const on = await localServer(RENEWS_AT_ONCE);
    const token = await tokenFile();
    await token.hold(await on.accessTokenOf('reports'));
    const service = run(on, { TOKEN_FILE: token.path });
    await service.prints('renewed, still reports');
    expect(service.output().match(/connected as/g)).toHaveLength(1);
    await token.hold(await on.accessTokenOf('billing'));
    await service.prints('ended: ');
    await service.prints('connected as billing');
    await service.prints('renewed, still billing');
    expect(on.service.connections().map(({ clientId }) => clientId)).toEqual(['billing']);
  });

  it('stops with a code of its own when it is refused for good', async () => {
    const on = await localServer({
      config: { rules: [{ name: 'staff', when: { claims: { role: 'staff' } }, grant: { news: ['*'] } }] },
    });
    const token = await tokenFile();
    await token.hold(await on.accessTokenOf('reports'));
    const service = run(on, { TOKEN_FILE: token.path });
    expect(await service.prints('refused: ')).toContain('40300');
    expect(await service.ended).toBe(1);
  });

  it.each([
    ['AUTH_URL', { TOKEN_FILE: 'token', AUTH_URL: 'localhost:3000/api/ably-auth' }],
    ['TOKEN_FILE', { AUTH_URL: 'http://127.0.0.1:9/api/ably-auth' }],
    [
      'CLIENT_SECRET',
      { AUTH_URL: 'http://127.0.0.1:9/api/ably-auth', TOKEN_URL: 'http://127.0.0.1:9', CLIENT_ID: 'x' },
    ],
  ] as const)('says that it needs %s, and ends before it connects', async (setting, env) => {
    const service = runService(env);
    toStop.push(service.stop);
    expect(await service.ended).toBe(1);
    expect(service.output()).toMatch(new RegExp(`Error: Set .*\\b${setting}\\b`));
    expect(service.output()).not.toContain('trying again');
  });

  it('says in one line that the local server is not there', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const service = runService({ TOKEN_FILE: 'token', LOCAL_SERVER: url });
    toStop.push(service.stop);
    expect(await service.ended).toBe(1);
    expect(service.output()).toBe(
      `LOCAL_SERVER: no local server answers at ${url}. Start it there, with npm start in the repository.\n`,
    );
  });

  it('tells "signed out" from "try again", and comes back from either', async () => {
    const on = await localServer();
    const token = await tokenFile();
    await token.hold('not-a-token');
    const signedOut = run(on, { TOKEN_FILE: token.path });
    await signedOut.prints('signed out: ');
    await signedOut.prints('disconnected, trying again');
    on.take('away');
    await token.hold(await on.accessTokenOf('reports'));
    const away = run(on, { TOKEN_FILE: token.path });
    await away.prints('disconnected, trying again');
    expect(away.output()).not.toContain('signed out');
    on.take('as-usual');
    // The SDK waits for up to fifteen seconds.
    await Promise.all([signedOut.prints('connected as reports'), away.prints('connected as reports')]);
  });
});
