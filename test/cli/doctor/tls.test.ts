/** Certificates: the command, in a process of its own, against servers on https, with and without their authority in NODE_EXTRA_CA_CERTS. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createNodeHandler } from '../../../adapters/node/handler.ts';
import { ROOT } from '../../house/source-files.ts';
import { type MadeCertificate, makeCertificate } from './certificates.ts';
import { bearerOf, goodEndpoint } from './endpoints.ts';

interface Told {
  readonly requests: number;
  readonly checks: readonly {
    readonly id: string;
    readonly verdict: string;
    readonly seen: string;
    readonly fix: string;
  }[];
}

const run = promisify(execFile);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doctor-'));
});
afterAll(() => rm(folder, { recursive: true }));

let close = (): void => {};
afterEach(() => close());

async function serveTls(certificate: MadeCertificate): Promise<{ readonly url: string; readonly asked: () => number }> {
  const handle = createNodeHandler(goodEndpoint());
  let asked = 0;
  const server = createServer(certificate, (req, res) => {
    asked += 1;
    handle(req, res);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/api/ably-auth`, asked: () => asked };
}

async function ask(url: string, authority?: MadeCertificate): Promise<{ readonly code: number; readonly told: Told }> {
  const file = join(folder, 'authority.pem');
  if (authority) await writeFile(file, authority.cert);
  const env = { TOKEN: bearerOf('bob'), ...(authority && { NODE_EXTRA_CA_CERTS: file }) };
  const args = ['doctor', url, '--bearer-env', 'TOKEN', '--anonymous', 'allowed', '--json'];
  const command = ['--import', 'tsx', join(ROOT, 'cli/main.ts'), ...args];
  const ended = run(process.execPath, command, { cwd: ROOT, env });
  const code = await ended.then(
    () => 0,
    (error: { readonly code: number }) => error.code,
  );
  const { stdout } = await ended.catch((error: { readonly stdout: string }) => error);
  return { code, told: JSON.parse(stdout) };
}

function seen(
  { checks }: Told,
  id: string,
): { readonly verdict?: string; readonly seen?: string; readonly fix?: string } {
  return checks.find((check) => check.id === id) ?? {};
}

it('sends nothing to whom it cannot verify, and names the way to trust an authority of one’s own', async () => {
  const { url, asked } = await serveTls(makeCertificate(90));
  const { code, told } = await ask(url);
  expect(code).toBe(1);
  expect(seen(told, 'tls')).toMatchObject({ verdict: 'fails', seen: 'not trusted: DEPTH_ZERO_SELF_SIGNED_CERT' });
  expect(seen(told, 'tls').fix).toContain('NODE_EXTRA_CA_CERTS');
  expect(asked()).toBe(0);
  const failing = told.checks.filter(({ verdict }) => verdict === 'fails').map(({ id }) => id);
  expect(failing).toEqual(['reachable', 'tls']);
  expect(told.checks.some(({ verdict }) => verdict === 'passes')).toBe(false);
});

it('is content with a certificate whose authority NODE_EXTRA_CA_CERTS names', async () => {
  const certificate = makeCertificate(90);
  const { url } = await serveTls(certificate);
  const { code, told } = await ask(url, certificate);
  expect([code, seen(told, 'tls').verdict]).toEqual([0, 'passes']);
  expect(seen(told, 'tls').seen).toMatch(/^TLSv1\.[23], certificate valid for (89|90) more days$/);
});

it('warns of one that ends soon', async () => {
  const certificate = makeCertificate(5);
  const { url } = await serveTls(certificate);
  expect(seen((await ask(url, certificate)).told, 'tls')).toMatchObject({
    verdict: 'warns',
    seen: expect.stringMatching(/[45] more days/),
  });
});

it('tells one that has ended from one of another host', async () => {
  const ended = makeCertificate(-1);
  const first = await serveTls(ended);
  expect(seen((await ask(first.url, ended)).told, 'tls')).toMatchObject({
    verdict: 'fails',
    seen: 'not trusted: CERT_HAS_EXPIRED',
    fix: 'Renew the certificate.',
  });
  close();
  const other = makeCertificate(90, '192.0.2.1');
  const second = await serveTls(other);
  expect(seen((await ask(second.url, other)).told, 'tls')).toMatchObject({
    verdict: 'fails',
    seen: 'not trusted: ERR_TLS_CERT_ALTNAME_INVALID',
    fix: 'Have a certificate made that names this host.',
  });
});
