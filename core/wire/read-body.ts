/**
 * The body of a request as a query would have it, where it is a form. Bounded before it is read (S15); a body in JSON is
 * read by read-json.ts, which few clients send.
 */
import { AuthFailure } from '../errors.ts';
import type { AuthRequest, NameValue } from '../http.ts';
import { MAX_BODY_BYTES } from '../limits.ts';

/**
 * None where there is no body that counts; `undefined` where it is JSON.
 *
 * @throws AuthFailure `malformed-request` (400)
 */
export function readForm(request: AuthRequest): readonly NameValue[] | undefined {
  if (request.method !== 'POST' || request.body.length === 0) return [];
  const types = request.headers.get('content-type') ?? [];
  const text = bodyText(request.body);
  if (types.length !== 1) throw malformed('a body needs one Content-Type');
  const [type = ''] = (types[0] ?? '').split(';');
  switch (type.trim().toLowerCase()) {
    case 'application/x-www-form-urlencoded':
      return [...new URLSearchParams(text)];
    case 'application/json':
      return undefined;
    default:
      throw malformed('the Content-Type is neither a form nor JSON');
  }
}

/** @throws AuthFailure `malformed-request` (400) when it is too large, or no text */
export function bodyText(body: Uint8Array | string): string {
  const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  if (bytes > MAX_BODY_BYTES) throw malformed(`the body is larger than ${MAX_BODY_BYTES} bytes`);
  if (typeof body === 'string') return body;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw malformed('the body is not UTF-8');
  }
}

/** @param detail for the log and a caller who was let in: names what is wrong, and holds no value */
export function malformed(detail: string): AuthFailure {
  return new AuthFailure('malformed-request', detail);
}
