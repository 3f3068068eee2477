/** Signs its sessions with the API key as well: it is a secret, and already there. */
import { createHmac } from 'node:crypto';

/** Base64 of `text`, a dot, and its MAC: a user writes the text, for his profile has a line for it. */
export function sealWithApiKey(secret: string, text: string): string {
  return `${Buffer.from(text).toString('base64')}.${createHmac('sha256', secret).update(text).digest('base64')}`;
}
