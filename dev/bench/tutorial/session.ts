/**
 * The identity check that stands beside the tutorial's handlers: a signed cookie, verified with one HMAC, as cheap as a
 * careful person would write it. The tutorial itself believes a plain cookie, which nobody should deploy.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

interface Session {
  readonly sub: string;
  /** Seconds since the epoch. */
  readonly exp: number;
}

/** `session=<payload>.<mac>` */
export function writeSessionCookie(session: Session, secret: string): string {
  const payload = Buffer.from(JSON.stringify(session)).toString('base64url');
  return `session=${payload}.${sign(payload, secret)}`;
}

/** The signed-in user, or `undefined` without a cookie that is good. */
export function readUser(cookies: readonly string[] | undefined, secret: string): string | undefined {
  const cookie = cookies?.find((text) => text.startsWith('session='));
  if (cookie === undefined) return undefined;
  const [payload = '', mac = ''] = cookie.slice('session='.length).split('.');
  const given = Buffer.from(mac);
  const expected = Buffer.from(sign(payload, secret));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const { sub, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Session;
  return exp * 1000 > Date.now() ? sub : undefined;
}

function sign(payload: string, secret: string): string {
  return createHmac('sha256', secret).update(payload).digest('base64url');
}
