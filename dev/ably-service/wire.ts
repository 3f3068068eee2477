/**
 * Bytes and values: JSON and msgpack, for HTTP bodies and WebSocket frames alike.
 *
 * Binary payloads stay bytes in msgpack and become base64 with `/base64` on their encoding in JSON, as SDKs do it
 * (RSL4c, RSL4d). What the values mean is decided by their readers.
 */

import { decode, encode } from '@msgpack/msgpack';
import { badRequest } from './errors.ts';

export type Format = 'json' | 'msgpack';

/** Throws 40000 for bytes that are not of the format. */
export function decodeValue(format: Format, bytes: Uint8Array): unknown {
  try {
    return format === 'msgpack' ? decode(bytes) : JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw badRequest(`not valid ${format}`);
  }
}

export function encodeValue(format: Format, value: unknown): Uint8Array | string {
  return format === 'msgpack' ? encode(value, { ignoreUndefined: true }) : JSON.stringify(withTextPayloads(value));
}

function withTextPayloads(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTextPayloads);
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Readonly<Record<string, unknown>>;
  if (fields.data instanceof Uint8Array) {
    const encoding = typeof fields.encoding === 'string' ? `${fields.encoding}/base64` : 'base64';
    return { ...fields, data: Buffer.from(fields.data).toString('base64'), encoding };
  }
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, withTextPayloads(field)]));
}

/** A record with string keys, or undefined: what a client sent may be anything. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Readonly<Record<string, unknown>>;
}

export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
