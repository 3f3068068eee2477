/** The fifteen lines of docs/clients.md, as they stand there, under a real client: each answer ends in the state it says. */
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as Ably from 'ably';
import { transformSync } from 'esbuild';
import { afterEach, describe, expect, it } from 'vitest';
import { type AuthConfig, custom } from '../../index.ts';
import { type Stage, type StageOptions, startStage, untilState } from '../stage.ts';

type CreateAuthCallback = (url: string, accessToken: () => Promise<string>) => Ably.AuthOptions['authCallback'];

const PAGE = readFileSync(new URL('../../docs/clients.md', import.meta.url), 'utf8');
const [, snippet = ''] = /```ts\n([\s\S]*?)```/.exec(PAGE) ?? [];
const { code } = transformSync(snippet, { loader: 'ts', format: 'esm' });
const { createAuthCallback } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
  readonly createAuthCallback: CreateAuthCallback;
};

const started: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.close();
});

const MEMBERS: AuthConfig['rules'] = [
  { name: 'members', when: { claims: { plan: 'pro' } }, grant: { 'room:*': ['publish'] } },
];
const PEOPLE = custom({
  name: 'people',
  from: 'authorization',
  identify: ({ credential }) => {
    if (credential === 'ada') return { subject: 'ada', claims: { plan: 'pro' } };
    if (credential === 'eve') return { subject: 'eve' };
    return credential === 'outage' ? 'unavailable' : 'rejected';
  },
});

async function stage(config: Partial<AuthConfig> = {}, service?: StageOptions['service']): Promise<Stage> {
  const options = { config: { sources: [PEOPLE], rules: MEMBERS, ...config }, ...(service && { service }) };
  const made = await startStage(options);
  started.push(made);
  return made;
}

function connect(on: Stage, token: string, url = on.authUrl, options: Ably.ClientOptions = {}): Ably.Realtime {
  const authCallback = createAuthCallback(url, async () => token);
  const client = new Ably.Realtime({ ...on.clientOptions(), ...(authCallback && { authCallback }), ...options });
  started.push(client);
  return client;
}

/** Something else on the way. */
async function between(answer: RequestListener): Promise<string> {
  const server: Server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  started.push({ close: () => server.closeAllConnections() ?? new Promise((resolve) => server.close(resolve)) });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe('the fifteen lines', () => {
  it.each(['token-request', 'jwt', 'ably-token'] as const)('connect with a %s, and renew', async (tokenFormat) => {
    const on = await stage({ tokenFormat, ttl: '60s' }, { renewalLeadMs: 59_000 });
    const client = connect(on, 'ada');
    expect((await untilState(client, 'connected')).state).toBe('connected');
    expect(client.auth.clientId).toBe('ada');
    await new Promise((resolve) => client.connection.once('update', resolve));
    expect(client.connection.state).toBe('connected');
  });

  it.each([
    ['refused for good', 'eve', 'failed', 40300],
    ['not signed in', 'nobody', 'disconnected', 40101],
    ['an outage', 'outage', 'disconnected', 40170],
  ] as const)('%s: %s is %s with %i', async (_, token, state, inner) => {
    const ended = await untilState(connect(await stage(), token), 'failed', 'disconnected', 'connected');
    expect(ended.state).toBe(state);
    expect(ended.reason?.cause).toMatchObject({ code: inner });
  });

  it.each([
    ['a rate limit', 42910, { rateLimit: { requests: 1, per: '1h' } }, ''],
    ['a wish that leaves nothing', 40160, {}, `?capability=${encodeURIComponent('{"elsewhere":["subscribe"]}')}`],
  ] as const)('%s (401 / %i) is tried again, and is no reason for a login', async (_, answered, config, query) => {
    const on = await stage(config);
    const headers = { Authorization: 'Bearer ada' };
    await fetch(on.authUrl, { method: 'POST', headers });
    const refused = await fetch(on.authUrl + query, { method: 'POST', headers });
    expect([refused.status, refused.headers.get('x-ably-errorcode')]).toEqual([401, String(answered)]);
    const ended = await untilState(connect(on, 'ada', on.authUrl + query), 'failed', 'disconnected', 'connected');
    expect(ended.state).toBe('disconnected');
    expect(ended.reason?.cause).toMatchObject({ code: 40170, statusCode: 401 });
  });

  it('ask once while the endpoint wants to be left alone, however often the SDK tries, and then again', async () => {
    let asked = 0;
    const url = await between((_, response) => {
      asked += 1;
      response.writeHead(503, { 'retry-after': asked === 1 ? '1' : '3600' }).end();
    });
    const client = connect(await stage(), 'ada', url, { disconnectedRetryTimeout: 10 });
    const told: unknown[] = [];
    await new Promise<void>((resolve) => {
      let afterBoth = 0;
      client.connection.on('disconnected', ({ reason }) => {
        told.push((reason?.cause as Ably.ErrorInfo | undefined)?.code);
        if (asked === 2 && ++afterBoth === 5) resolve();
      });
    });
    expect([asked, new Set(told)]).toEqual([2, new Set([40170])]);
    expect(told.length).toBeGreaterThan(5);
  });

  it.each([
    ['a page that is 403', (_, response) => response.writeHead(403, { 'content-type': 'text/html' }).end('<p>No')],
    ['a page that is 401', (_, response) => response.writeHead(401, { 'content-type': 'text/html' }).end('<p>Wi-Fi')],
    ['a redirect', (_, response) => response.writeHead(302, { location: '/login' }).end()],
    ['no answer at all', (request) => request.socket.destroy()],
  ] satisfies readonly (readonly [string, RequestListener])[])('%s is tried again', async (_, answer) => {
    const client = connect(await stage(), 'ada', await between(answer));
    const ended = await untilState(client, 'failed', 'disconnected', 'connected');
    expect(ended.state).toBe('disconnected');
    expect(ended.reason?.cause).toMatchObject({ code: 40170, statusCode: 401 });
  });

  it('take the 401 of a gateway, which has no code, for nobody being signed in', async () => {
    const type = { 'content-type': 'application/json; charset=utf-8' };
    const url = await between((_, response) => response.writeHead(401, type).end('{"message":"Unauthorized"}'));
    const ended = await untilState(connect(await stage(), 'ada', url), 'failed', 'disconnected', 'connected');
    expect(ended.reason?.cause).toMatchObject({ code: 40101, statusCode: 401 });
  });
});
