/** The built server for a container: starts, stops when told, and says why when it cannot. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BUILDING_TAKES_AT_MOST_MS, type Built, sharedArtefacts } from './built.ts';

const KEY = 'builtapp.builtkey:obviously-a-fake-secret';

let built: Built;
const children: ChildProcess[] = [];

beforeAll(async () => {
  built = await sharedArtefacts();
}, BUILDING_TAKES_AT_MOST_MS);
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => built.remove());

interface Started {
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  readonly out: () => string;
  readonly err: () => string;
}

function start(env: Readonly<Record<string, string>>): Started {
  const child = spawn(process.execPath, [built.of('node').entryFile], { cwd: tmpdir(), env });
  children.push(child);
  const texts = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    texts.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    texts.err += text;
  });
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  return { child, exit, out: () => texts.out, err: () => texts.err };
}

async function urlOf({ out, exit }: Started): Promise<string> {
  let ended = false;
  void exit.then(() => {
    ended = true;
  });
  for (;;) {
    const url = /http:\/\/[\d.]+:\d+\/api\/ably-auth/.exec(out())?.[0];
    if (url) return url.replace('0.0.0.0', '127.0.0.1');
    if (ended) throw new Error('It ended before it listened');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('the built server', () => {
  it('serves the endpoint on every address, and nothing of the demo', async () => {
    const started = start({ PORT: '0', ABLY_API_KEY: KEY });
    const url = await urlOf(started);
    expect(started.out()).toContain('http://0.0.0.0:');
    expect(await (await fetch(url)).json()).toMatchObject({ keyName: 'builtapp.builtkey' });
    for (const path of ['/', '/auth', '/demo', '/login']) expect((await fetch(new URL(path, url))).status).toBe(404);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 on %s, after the request under way', async (signal) => {
    const started = start({ PORT: '0', HOST: '127.0.0.1', ABLY_API_KEY: KEY });
    const { port } = new URL(await urlOf(started));
    const socket = connect(Number(port), '127.0.0.1').setEncoding('utf8');
    socket.write(
      'POST /api/ably-auth HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{',
    );
    // The server answers 100 to nobody; a moment lets the head arrive.
    await new Promise((resolve) => setTimeout(resolve, 100));
    let answer = '';
    socket.on('data', (text: string) => {
      answer += text;
    });
    started.child.kill(signal);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(started.child.exitCode).toBeNull();
    socket.write('}');
    expect(await started.exit).toBe(0);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('exits with 1 and the whole list when it cannot serve', async () => {
    const started = start({ PORT: 'http', ABLY_AUTH_TTL: 'hunter2', ABLY_AUTH_LOG: 'silent' });
    expect(await started.exit).toBe(1);
    expect(
      started
        .err()
        .split('\n')
        .map((line) => /^- (\w+):/.exec(line)?.[1])
        .filter(Boolean),
    ).toEqual(['PORT', 'ABLY_AUTH_TTL', 'ABLY_API_KEY']);
    expect(started.err() + started.out()).not.toContain('hunter2');
  });

  it('exits with 1 where Ably cannot be called, and a format misses its secret', async () => {
    const format = { ABLY_AUTH_TOKEN_FORMAT: 'embedded-jwt', ABLY_TLS: 'no', ABLY_PORT: '99999' };
    const started = start({ PORT: '0', ABLY_API_KEY: KEY, ...format });
    expect(await started.exit).toBe(1);
    expect(started.err()).toMatch(/^- ABLY_PORT: .*\n- ABLY_TLS: .*\n- ABLY_AUTH_EMBEDDED_SECRET: /m);
  });

  it('warns about rules that do not count, and serves', async () => {
    const started = start({ PORT: '0', ABLY_API_KEY: KEY, ABLY_AUTH_POLICY: '{"rules":[]}' });
    expect((await fetch(await urlOf(started))).status).toBe(200);
    expect(started.out().match(/ABLY_AUTH_POLICY: not used: the rules are in auth\.config\.ts/g)).toHaveLength(1);
  });

  it('exits with 1 when the port is taken', async () => {
    const first = start({ PORT: '0', HOST: '127.0.0.1', ABLY_API_KEY: KEY });
    const { port } = new URL(await urlOf(first));
    const second = start({ PORT: port, HOST: '127.0.0.1', ABLY_API_KEY: KEY });
    expect(await second.exit).toBe(1);
    expect(second.err()).toContain('EADDRINUSE');
  });

  it('S11: as a Lambda Web Function listens where Lambda says, and stays up with a bad config', async () => {
    const free = start({ PORT: '0', HOST: '127.0.0.1', ABLY_API_KEY: KEY });
    const { host } = new URL(await urlOf(free));
    free.child.kill('SIGTERM');
    await free.exit;
    const started = start({ AWS_LAMBDA_HTTP_ENDPOINT: host, PORT: '1' });
    const url = await urlOf(started);
    expect(new URL(url).host).toBe(host);
    expect((await fetch(url)).status).toBe(503);
    expect(started.out()).toContain('"misconfigured"');
  });
});
