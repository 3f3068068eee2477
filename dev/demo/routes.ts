/**
 * What the local server answers beside the endpoint itself: the page, and the few questions that the page asks.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ClientOptions } from 'ably';
import { readIncomingBody } from '../../adapters/message/read-incoming-body.ts';
import type { DemoExplain } from './explain.ts';
import type { DemoLogin } from './login.ts';
import { PAGE_HEADERS, type PageFile } from './page-files.ts';
import type { ProviderLogin } from './provider-login.ts';
import type { DemoRoom } from './rooms.ts';

/** What the page needs to know before it connects. */
export interface DemoInfo {
  /** `local`: the Ably-compatible service on this machine. `ably`: Ably itself, or what ABLY_ENDPOINT names. */
  readonly mode: 'local' | 'ably';
  /** Client options that lead there; empty for Ably itself. */
  readonly ably: ClientOptions;
  readonly keyName: string;
  readonly tokenFormat: string;
  /** Whether one can sign in through the identity provider as well. */
  readonly hasProvider: boolean;
  /** To be asked for, on the page. */
  readonly rooms: readonly DemoRoom[];
}

export interface DemoParts {
  readonly files: ReadonlyMap<string, PageFile>;
  readonly login: DemoLogin;
  readonly providerLogin: ProviderLogin | undefined;
  readonly explain: DemoExplain;
  /** @param hostName as the page's address bar has it: a phone reaches this machine under another name than we do */
  readonly info: (hostName: string) => DemoInfo;
}

export function createDemoRoutes(parts: DemoParts): RequestListener {
  return (req, res) => {
    route(parts, req, res).catch((error: unknown) => {
      console.error(error);
      if (!res.headersSent) res.writeHead(500).end();
    });
  };
}

async function route(parts: DemoParts, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { files, login, providerLogin, explain, info } = parts;
  const { pathname } = new URL(req.url ?? '/', 'http://local');
  const file = files.get(pathname);
  if (req.method === 'GET' && file) {
    res.writeHead(200, { ...PAGE_HEADERS, 'Content-Type': file.contentType }).end(file.content);
  } else if (req.method === 'GET' && pathname === '/demo/info') {
    const hostName = new URL(`http://${req.headers.host ?? 'localhost'}`).hostname;
    const user = (await login.whoIs(req)) ?? null;
    res.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    res.end(JSON.stringify({ ...info(hostName), authUrl: '/auth', user }));
  } else if (req.method === 'GET' && pathname === '/demo/explain') {
    await explain(req, res);
  } else if (req.method === 'POST' && pathname === '/demo/login') {
    login.logIn(req, res, Buffer.from((await readIncomingBody(req)) ?? '').toString());
  } else if (req.method === 'POST' && pathname === '/demo/provider-login' && providerLogin) {
    await providerLogin(req, res, Buffer.from((await readIncomingBody(req)) ?? '').toString());
  } else if (req.method === 'POST' && pathname === '/demo/logout') {
    login.logOut(req, res);
  } else {
    res.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('Nothing is here.\n');
  }
}
