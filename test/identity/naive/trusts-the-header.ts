/**
 * Verifies a JWT the way the first libraries did: the token says with which algorithm and which key it is to be checked,
 * and once the signature holds, everybody is who they say.
 */
import { createHmac, createPublicKey, type JsonWebKey, verify } from 'node:crypto';

export interface PemKey {
  readonly kid: string;
  readonly pem: string;
}

/** @returns the subject, or `undefined` */
export async function whoIsIt(token: string, keys: readonly PemKey[], nowMs: number): Promise<string | undefined> {
  const [head = '', body = '', mac = ''] = token.split('.');
  const header = parse(head);
  const claims = parse(body);
  const pem = await keyFor(header, keys);
  const input = `${head}.${body}`;
  const alg = String(header.alg);
  const signed = Buffer.from(mac, 'base64url');
  const holds =
    alg === 'none' ||
    (alg.startsWith('HS')
      ? createHmac('sha256', pem).update(input).digest().equals(signed)
      : verify(`sha${alg.slice(2)}`, Buffer.from(input), { key: pem, dsaEncoding: 'ieee-p1363' }, signed));
  if (!holds || Number(claims.exp) * 1000 <= nowMs) return undefined;
  return String(claims.sub);
}

async function keyFor(header: Record<string, unknown>, keys: readonly PemKey[]): Promise<string> {
  if (header.jwk) return pemOf(header.jwk as JsonWebKey);
  if (typeof header.jku === 'string') {
    const document = (await (await fetch(header.jku)).json()) as { readonly keys: readonly JsonWebKey[] };
    return pemOf(document.keys[0] ?? {});
  }
  if (Array.isArray(header.x5c)) return `-----BEGIN PUBLIC KEY-----\n${header.x5c[0]}\n-----END PUBLIC KEY-----\n`;
  return (keys.find(({ kid }) => kid === header.kid) ?? keys[0])?.pem ?? '';
}

function pemOf(jwk: JsonWebKey): string {
  return createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString();
}

function parse(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
}
