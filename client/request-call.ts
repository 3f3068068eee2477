/** Puts one request to the endpoint into the form of `fetch`: the SDK's wishes, what is asked for, and who asks. */
import type { TokenParams } from 'ably';
import type { AbortSignalLike, HttpCall } from './platform.ts';

export interface EndpointOptions {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly credentials: HttpCall['credentials'];
}

export function requestCall(
  { url, method, credentials }: EndpointOptions,
  params: TokenParams,
  resources: readonly string[],
  headers: Readonly<Record<string, string>>,
  signal: AbortSignalLike,
): { readonly url: string; readonly call: HttpCall } {
  const fields = [...wishes(params), ...(resources.length > 0 ? [['resources', JSON.stringify(resources)]] : [])];
  // Not URLSearchParams, which React Native has in part only.
  const form = fields.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
  const common = { method, credentials, cache: 'no-store', redirect: 'manual', signal } as const;
  if (method === 'GET') {
    const separator = url.includes('?') ? '&' : '?';
    return { url: form === '' ? url : url + separator + form, call: { ...common, headers } };
  }
  const withType = { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' };
  return { url, call: { ...common, headers: withType, body: form } };
}

/** As the SDK would send them itself: absent ones left out, a capability as JSON text. */
function wishes(params: TokenParams): readonly (readonly string[])[] {
  return Object.entries(params).flatMap(([name, value]: readonly [string, unknown]) =>
    value === undefined || value === null
      ? []
      : [[name, typeof value === 'object' ? JSON.stringify(value) : String(value)]],
  );
}
