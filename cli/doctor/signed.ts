/** What an endpoint has signed with its API key. A text that signs the same is the key's secret, wherever it stands. */
import { readApiKey } from '../../core/keys/api-key.ts';
import { tokenRequestMac } from '../../core/token/token-request-mac.ts';
import { type JsonObject, readEncodedObject, readJsonObject } from '../read-json-object.ts';

export interface Signed {
  /** `appId.keyId`, which is public. */
  readonly keyName: string;
  readonly isSecret: (text: string) => boolean;
}

/** @returns `undefined` for what names no key: it is no TokenRequest, nor a JWT of Ably's or around one */
export function readSigned(body: string): Signed | undefined {
  const fields = readJsonObject(body);
  return fields ? fromTokenRequest(fields) : fromJwt(body.trim());
}

function fromTokenRequest(fields: JsonObject): Signed | undefined {
  const { keyName, mac, ttl, capability, clientId, timestamp, nonce } = fields;
  if (typeof keyName !== 'string') return undefined;
  const text = (value: unknown): string => String(value ?? '');
  const signed = {
    ...{ keyName, capability: text(capability), clientId: text(clientId), nonce: text(nonce) },
    // As they stand there: this is not where their type is judged.
    ...{ ttl: text(ttl) as unknown as number, timestamp: text(timestamp) as unknown as number },
  };
  const isSecret = (secret: string): boolean => {
    const key = readApiKey(`${keyName}:${secret}`);
    return key !== undefined && tokenRequestMac(key, signed) === mac;
  };
  return { keyName, isSecret };
}

function fromJwt(jwt: string): Signed | undefined {
  const [head = '', payload = '', signature = '', ...more] = jwt.split('.');
  const [header, claims] = [head, payload].map(readEncodedObject);
  const carried = header?.['x-ably-token'] ?? claims?.['x-ably-token'];
  if (typeof carried === 'string' && carried.length < jwt.length) return readSigned(carried);
  const keyName = header?.kid;
  if (more.length > 0 || typeof keyName !== 'string') return undefined;
  const isSecret = (secret: string): boolean =>
    readApiKey(`${keyName}:${secret}`)?.hmacSha256(`${head}.${payload}`, 'base64url') === signature;
  return { keyName, isSecret };
}
