/**
 * Signs what it is given. The signed text separates its fields by line breaks, so whoever puts a line break into a
 * field decides where the next ones begin.
 */
import { createHmac, randomBytes } from 'node:crypto';

export interface ParamsAsGiven {
  readonly ttl?: number | string;
  readonly capability?: string;
  readonly clientId?: string;
  readonly timestamp?: number;
  readonly nonce?: string;
}

export function signWhatIsGiven(key: { readonly name: string; readonly secret: string }, params: ParamsAsGiven) {
  const { ttl, capability, clientId, timestamp = Date.now(), nonce = randomBytes(12).toString('hex') } = params;
  const text = [key.name, ttl ?? '', capability ?? '', clientId ?? '', timestamp, nonce]
    .map((value) => `${value}\n`)
    .join('');
  const mac = createHmac('sha256', key.secret).update(text).digest('base64');
  return {
    keyName: key.name,
    ...(ttl !== undefined && { ttl }),
    ...(capability !== undefined && { capability }),
    ...(clientId !== undefined && { clientId }),
    timestamp,
    nonce,
    mac,
  };
}
