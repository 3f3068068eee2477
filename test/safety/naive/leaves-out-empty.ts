/** Leaves a field out when there is nothing to say: to Ably a missing capability means all that the key can do. */
import { createHmac } from 'node:crypto';
import { signWhatIsGiven } from './naive-signer.ts';

interface Key {
  readonly name: string;
  readonly secret: string;
}

const textOrNothing = (capability: object) =>
  Object.keys(capability).length > 0 ? { capability: JSON.stringify(capability) } : {};

export function tokenRequestOf(key: Key, capability: object, nowMs: number) {
  return signWhatIsGiven(key, { ...textOrNothing(capability), timestamp: nowMs });
}

export function jwtOf(key: Key, capability: object, nowMs: number): string {
  const { capability: text } = textOrNothing(capability) as { readonly capability?: string };
  const iat = Math.floor(nowMs / 1000);
  const parts = [
    { alg: 'HS256', typ: 'JWT', kid: key.name },
    { iat, exp: iat + 3_600, ...(text && { 'x-ably-capability': text }) },
  ];
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${createHmac('sha256', key.secret).update(signed).digest('base64url')}`;
}
