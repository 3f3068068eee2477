/**
 * The demo login: whoever gives a name is that person. It exists only here, to have two kinds of caller to show; an
 * app checks a password or whatever it has before it writes a session cookie.
 *
 * Logging in and out are POST, and only from our own page, or one that is listed (S14): another site must not be able to log a visitor in as
 * somebody else.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readNodeRequest } from '../../adapters/node/read-request.ts';
import { mayCountAmbient } from '../../core/identity/ambient.ts';
import { readCoreSettings } from '../../core/settings.ts';
import { createSessionCookies, type Environment, session, sessionSecrets } from '../../index.ts';

const SESSION_SECONDS = 8 * 60 * 60;

export interface DemoUser {
  readonly name: string;
  readonly sessionEndsAtMs: number;
}

export interface DemoLogin {
  readonly logIn: (req: IncomingMessage, res: ServerResponse, body: string) => void;
  readonly logOut: (req: IncomingMessage, res: ServerResponse) => void;
  /** Whose session cookie this is; `undefined` for a visitor. */
  readonly whoIs: (req: IncomingMessage) => Promise<DemoUser | undefined>;
}

export function createDemoLogin(env: Environment): DemoLogin {
  const secrets = sessionSecrets(env);
  const cookies = createSessionCookies({ secrets, secureCookies: false });
  const source = session({ secrets });
  const origins = listedOrigins(env);
  return {
    logIn(req, res, body) {
      const name = readName(body);
      if (!isOurPage(req, origins)) refuse(res, 403, 40300, 'Log in from the page itself.');
      else if (name === undefined)
        refuse(res, 400, 40000, 'A name has 1 to 60 letters, digits, dots, dashes or spaces.');
      else {
        const session = { subject: name, lifetimeSeconds: SESSION_SECONDS, sessionId: randomUUID() };
        res.writeHead(204, { 'Set-Cookie': cookies.write(session, Date.now()), 'Cache-Control': 'no-store' }).end();
      }
    },
    logOut(req, res) {
      if (!isOurPage(req, origins)) refuse(res, 403, 40300, 'Log out from the page itself.');
      else res.writeHead(204, { 'Set-Cookie': cookies.clear(), 'Cache-Control': 'no-store' }).end();
    },
    async whoIs(req) {
      const request = readNodeRequest(req, '');
      const context = { nowMs: Date.now(), secureCookies: false };
      if (!source.carriesCredential(request, context)) return undefined;
      const verdict = await source.verify(request, context);
      if (verdict.kind !== 'identified') return undefined;
      const { subject, expiresAtMs = 0 } = verdict.identity;
      return { name: subject, sessionEndsAtMs: expiresAtMs };
    },
  };
}

/**
 * Pages that ABLY_AUTH_ALLOWED_ORIGINS names are ours too: a phone's browser, which reaches this machine over plain HTTP by
 * another name, does not say that a page is of the same origin.
 */
export function listedOrigins(env: Environment): ReadonlySet<string> {
  return new Set(readCoreSettings(env, []).allowedOrigins);
}

/** Without either header nobody knows whose page it was, and then nothing is written. */
export function isOurPage(req: IncomingMessage, origins: ReadonlySet<string>): boolean {
  if (req.headers.origin === undefined && req.headers['sec-fetch-site'] === undefined) return false;
  return mayCountAmbient(readNodeRequest(req, ''), origins);
}

export function readName(body: string): string | undefined {
  try {
    const { name } = JSON.parse(body) as { readonly name?: unknown };
    return typeof name === 'string' && /^[\p{L}\p{N}._ -]{1,60}$/u.test(name.trim()) ? name.trim() : undefined;
  } catch {
    return undefined;
  }
}

export function refuse(res: ServerResponse, statusCode: number, code: number, message: string): void {
  const error = { code, statusCode, message, requestId: randomUUID() };
  res.writeHead(statusCode, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  res.end(JSON.stringify({ error }));
}
