/**
 * The session of this app, and nothing of Ably: a signed cookie that says who is here. Put your own auth in its place,
 * Auth.js say; `auth.config.ts` needs `readSession` only.
 */
import { jwtVerify, SignJWT } from 'jose';

export const SESSION_COOKIE = 'app-session';
export const SESSION_SECONDS = 8 * 60 * 60;

export interface Session {
  readonly user: string;
  readonly expiresAtMs: number;
}

export function writeSession(user: string): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setExpirationTime(`${SESSION_SECONDS}s`)
    .sign(secret());
}

/** Nothing for a cookie that is missing, forged or too old. */
export async function readSession(cookie: string | undefined): Promise<Session | undefined> {
  if (!cookie) return undefined;
  try {
    const { payload } = await jwtVerify(cookie, secret(), { algorithms: ['HS256'] });
    return payload.sub && payload.exp ? { user: payload.sub, expiresAtMs: payload.exp * 1_000 } : undefined;
  } catch {
    return undefined;
  }
}

/** Read when it is used, so that no secret is needed to build. */
function secret(): Uint8Array {
  const text = process.env.SESSION_SECRET ?? '';
  if (text.length < 32) throw new Error('SESSION_SECRET needs 32 characters or more.');
  return new TextEncoder().encode(text);
}
