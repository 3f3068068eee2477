/**
 * Gives back a body that the framework around us read first: Vercel's classic helpers, Next.js API routes, Express
 * with a body parser. Decides only how to write a parsed body down again; its values stay untrusted.
 *
 * Vercel's helpers keep the bytes and hand them out through the request's own `read()`; the others leave only the
 * parsed `req.body`. What cannot be written down faithfully becomes a body that the core refuses, never an empty one.
 */
import type { IncomingMessage } from 'node:http';
import { MAX_BODY_BYTES } from '../../core/limits.ts';
import { unreadableBody } from './bounded-body.ts';

/** @param req with its stream at the end; `body` is read at most once, because on Vercel it is a getter that parses */
export function readConsumedBody(req: IncomingMessage & { readonly body?: unknown }): Uint8Array | string {
  const kept: unknown = req.read();
  if (kept instanceof Uint8Array) return kept.subarray(0, MAX_BODY_BYTES + 1);
  try {
    const isJson = /^application\/json\s*(?:;|$)/i.test(req.headers['content-type'] ?? '');
    return writeParsed(req.body, isJson) ?? unreadableBody();
  } catch {
    // Vercel's getter throws on JSON that is none; so does our own writing on a value that refers to itself.
    return unreadableBody();
  }
}

function writeParsed(body: unknown, isJson: boolean): Uint8Array | string | undefined {
  if (body instanceof Uint8Array) return body;
  if (isJson) return JSON.stringify(body);
  if (typeof body === 'string') return body;
  if (typeof body === 'object' && body !== null) return writeForm(body);
  return undefined;
}

/** Repeated names come as lists. Anything deeper was made up by the parser (`a[b]=c`) and has no way back. */
function writeForm(body: object): string | undefined {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item !== 'string') return undefined;
      form.append(name, item);
    }
  }
  return form.toString();
}
