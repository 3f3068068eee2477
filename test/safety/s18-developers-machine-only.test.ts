import { spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import shipped from '../../auth.config.ts';
import { whyNotHere } from '../../dev/refuse-production.ts';
import { CannotStart, startDevServer } from '../../dev/server.ts';
import { SESSION_SECRET } from '../core/auth-request.ts';
import { listenEverywhere, startsIn } from './naive/guarded-by-node-env.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

type Env = Readonly<Record<string, string>>;

const ELSEWHERE: Readonly<Record<string, Env>> = {
  production: { NODE_ENV: 'production' },
  'production on a developer’s machine': { NODE_ENV: 'production', VERCEL_ENV: 'development', NETLIFY_DEV: 'true' },
  'AWS Lambda': { AWS_LAMBDA_FUNCTION_NAME: 'ably-auth' },
  'AWS Lambda, development': { AWS_LAMBDA_FUNCTION_NAME: 'ably-auth', NODE_ENV: 'development' },
  'Vercel production': { VERCEL: '1', VERCEL_ENV: 'production' },
  'Vercel preview': { VERCEL: '1', VERCEL_ENV: 'preview', NODE_ENV: 'development' },
  Netlify: { NETLIFY: 'true' },
  'Netlify with a deploy context': { NETLIFY: 'true', CONTEXT: 'deploy-preview' },
};

const HERE: Readonly<Record<string, Env>> = {
  'nothing set': {},
  development: { NODE_ENV: 'development' },
  'vercel dev': { VERCEL: '1', VERCEL_ENV: 'development' },
  'netlify dev': { NETLIFY: 'true', NETLIFY_DEV: 'true' },
};

const start = (env: Env) =>
  startDevServer({ definition: shipped, env: { ABLY_AUTH_SESSION_SECRET: SESSION_SECRET, ...env }, print: () => {} });

/** Whether something answers at another address of this machine than 127.0.0.1. */
function isReachableElsewhere(port: number): Promise<boolean> {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const outer = addresses.find(({ internal, family }) => !internal && family === 'IPv4');
  return new Promise((resolve) => {
    // Without a network, Linux still answers on all of 127.0.0.0/8 to who listens everywhere.
    const socket = connect(port, outer?.address ?? '127.0.0.2');
    socket.on('connect', () => socket.destroy());
    socket.on('connect', () => resolve(true));
    socket.on('error', () => resolve(false));
  });
}

describe('S18 the local server', () => {
  it.each(Object.entries(ELSEWHERE))('does not start in %s', async (_, env) => {
    expect(whyNotHere(env)).toBeTypeOf('string');
    const refusal: unknown = await start({ PORT: '0', ...env }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(CannotStart);
    expect((refusal as CannotStart).problems.map(({ problem }) => problem).join()).toContain('it refuses to run here');
  });

  it('by NODE_ENV alone it would: in most of these nobody sets it', () => {
    expect(Object.values(ELSEWHERE).filter(startsIn)).toHaveLength(6);
  });

  it.each(Object.entries(HERE))('has nothing against %s', (_, env) => {
    expect(whyNotHere(env)).toBeUndefined();
  });

  it('npm start says why, ends with 1, and opens nothing', async () => {
    const env = { ...process.env, NODE_ENV: 'production', PORT: '0' };
    const child = spawn(process.execPath, ['--import', 'tsx', 'dev/start.ts'], { cwd: ROOT, env });
    let output = '';
    const hear = (chunk: Buffer) => {
      output += chunk;
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(1);
    expect(output).toContain('NODE_ENV is production');
    expect(output).not.toContain('http://');
  });

  it('listens on 127.0.0.1, where a naive one is open to the whole network', async () => {
    const naive = await listenEverywhere();
    onTestFinished(() => {
      naive.close();
    });
    expect(await isReachableElsewhere((naive.address() as AddressInfo).port)).toBe(true);

    const server = await start({ PORT: '0', ABLY_AUTH_LOG: 'silent' });
    onTestFinished(() => server.close());
    expect(new URL(server.url).hostname).toBe('127.0.0.1');
    expect((await fetch(`${server.url}/auth`)).status).toBe(200);
    expect(await isReachableElsewhere(Number(new URL(server.url).port))).toBe(false);
  });

  it('its login is only for its own page, and only by POST', async () => {
    const server = await start({ PORT: '0', ABLY_AUTH_LOG: 'silent' });
    onTestFinished(() => server.close());
    const logIn = (headers: Env, method = 'POST') => {
      const body = method === 'POST' ? { body: JSON.stringify({ name: 'bob' }) } : {};
      return fetch(`${server.url}/demo/login`, { method, headers, ...body });
    };
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { origin: server.url, 'sec-fetch-site': 'cross-site' },
    ] as readonly Env[]) {
      const response = await logIn(headers);
      expect(response.status).toBe(403);
      expect(response.headers.get('set-cookie')).toBeNull();
    }
    expect((await logIn({}, 'GET')).headers.get('set-cookie')).toBeNull();
    const cookie = (await logIn({ 'sec-fetch-site': 'same-origin' })).headers.get('set-cookie');
    expect(cookie).toMatch(/^ably-auth-session-dev=v1\.[^;]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
  });

  // A cookie counts then, since no page can have sent it; S14 lets nothing be written all the same.
  it('its login writes nothing where neither header says whose page it was', async () => {
    const server = await start({ PORT: '0', ABLY_AUTH_LOG: 'silent' });
    onTestFinished(() => server.close());
    const response = await fetch(`${server.url}/demo/login`, { method: 'POST', body: '{"name":"bob"}' });
    // Node's fetch sends Sec-Fetch-Mode alone.
    expect(response.headers.get('set-cookie')).toBeNull();
  });
});
