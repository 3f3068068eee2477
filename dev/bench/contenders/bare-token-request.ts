/**
 * The bare cost of the job: one HMAC, one nonce, one JSON.stringify, everything else a constant. No caller is identified
 * unless the cookie is there, nothing is checked, and the cheapest cryptographic nonce is taken: the strictest yardstick.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { readUser } from '../tutorial/session.ts';

const [keyName = '', secret = ''] = (process.env.ABLY_API_KEY ?? '').split(':');
const ttl = 3_600_000;

export function bareTokenRequest(cookies: readonly string[] | undefined): string {
  const clientId = cookies && readUser(cookies, process.env.ABLY_AUTH_SESSION_SECRET ?? '');
  const capability = clientId ? '{"*":["publish","subscribe"]}' : '{"notifications":["subscribe"]}';
  const timestamp = Date.now();
  const nonce = randomUUID();
  const text = `${keyName}\n${ttl}\n${capability}\n${clientId ?? ''}\n${timestamp}\n${nonce}\n`;
  const mac = createHmac('sha256', secret).update(text).digest('base64');
  return JSON.stringify({ keyName, ttl, capability, clientId, timestamp, nonce, mac });
}
