/**
 * Remembers in a cookie what was granted, as one would after reading "an HMAC of the clientId and the capability": signed
 * with the API key, the clientId as the request has it, nothing about a session or an end, and read before it is verified.
 */
import { createHmac } from 'node:crypto';

export interface NaiveGrant {
  readonly clientId: string;
  readonly resources: readonly string[];
}

const mac = (secret: string, text: string): string => createHmac('sha256', secret).update(text).digest('base64url');

export function sealNaively(secret: string, { clientId, resources }: NaiveGrant): string {
  const payload = Buffer.from(JSON.stringify({ clientId, resources })).toString('base64url');
  return `${payload}.${mac(secret, `${clientId}:${resources.length}`)}`;
}

/** @param clientId as the request asks for it */
export function openNaively(secret: string, sealed: string, clientId: string): readonly string[] {
  const [payload = '', given = ''] = sealed.split('.');
  const grant = JSON.parse(Buffer.from(payload, 'base64url').toString()) as NaiveGrant;
  return given === mac(secret, `${clientId}:${grant.resources.length}`) ? grant.resources : [];
}
