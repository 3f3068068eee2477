/** Takes every JWT for an identity that one of the server's own secrets signed: whoever has one is whoever it names. */
import { createHmac } from 'node:crypto';

/** @returns whom the token names, or `undefined` */
export function whoeverItNames(token: string, secrets: readonly string[], nowMs: number): string | undefined {
  const [head = '', body = '', mac = ''] = token.split('.');
  const macs = secrets.map((secret) => createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url'));
  if (!macs.includes(mac)) return undefined;
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
  if (Number(claims.exp) * 1000 <= nowMs) return undefined;
  return String(claims.sub ?? claims['x-ably-clientId']);
}
