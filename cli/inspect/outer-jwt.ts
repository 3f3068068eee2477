/** An app's own JWT around a credential for Ably: opened with the secret that the app and its servers share, where it is given. */
import { createDecipheriv, createHmac } from 'node:crypto';
import type { Environment } from '../../core/settings.ts';
import { outerSecret } from '../../core/token/embedded-jwt.ts';
import { type JsonObject, readJsonObject } from '../read-json-object.ts';
import { compare, type Moment } from './checks.ts';
import { Findings, type Inspection } from './inspection.ts';
import { checkSize, readTimes, splitSignature } from './jwt-parts.ts';

/** Where it carries the other one: in its header, or among its claims. */
export const CARRIED = 'x-ably-token';

/** @param claims `undefined`: it is encrypted */
export function inspectOuter(
  text: string,
  header: JsonObject,
  claims: JsonObject | undefined,
  inner: Inspection,
  moment: Moment,
): Inspection {
  const findings = new Findings();
  const opened = claims
    ? { claims, signature: checkOuter(text, moment.env, findings) }
    : decrypt(text, moment.env, findings);
  const times = opened.claims ? readTimes(opened.claims, moment, findings) : {};
  if (times.expiresAt !== undefined && inner.expiresAt !== undefined && times.expiresAt > inner.expiresAt) {
    findings.error('it outlives what it carries', 'Ably refuses it: let it end with that, or before');
  }
  const places = [header, opened.claims].filter((part) => part && CARRIED in part).length;
  if (places > 1) findings.warning('it carries two credentials, in its header and in its claims', 'One is enough');
  checkSize(text, findings);
  const known = /^(iat|exp|x-ably-token)$/;
  return {
    kind: 'embedded-jwt',
    signature: opened.signature,
    ...times,
    ...(opened.claims && { furtherClaims: Object.keys(opened.claims).filter((name) => !known.test(name)) }),
    findings: findings.all,
    inner,
  };
}

function checkOuter(text: string, env: Environment, findings: Findings): NonNullable<Inspection['signature']> {
  const secret = env.ABLY_AUTH_EMBEDDED_SECRET;
  if (!secret) {
    findings.note(
      'its own signature was not checked',
      'Ably does not look at it; with ABLY_AUTH_EMBEDDED_SECRET it is checked here',
    );
    return 'not checked';
  }
  const [signed, signature] = splitSignature(text);
  const verdict = compare(
    signature,
    createHmac('sha256', outerSecret(secret, false)).update(signed).digest('base64url'),
  );
  if (verdict === 'invalid')
    findings.error(
      'its own signature is not of ABLY_AUTH_EMBEDDED_SECRET',
      'Your servers would refuse it: one secret on both sides',
    );
  return verdict;
}

interface Opened {
  readonly claims?: JsonObject;
  readonly signature: NonNullable<Inspection['signature']>;
}

function decrypt(text: string, env: Environment, findings: Findings): Opened {
  const secret = env.ABLY_AUTH_EMBEDDED_SECRET;
  if (!secret) {
    findings.note(
      'its own claims are encrypted',
      'With ABLY_AUTH_EMBEDDED_SECRET they are opened here; what it carries is readable to anybody',
    );
    return { signature: 'not checked' };
  }
  const [head = '', , iv = '', ciphertext = '', tag = ''] = text.split('.');
  try {
    const key = outerSecret(secret, true);
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url')).setAAD(
      Buffer.from(head, 'ascii'),
    );
    decipher.setAuthTag(Buffer.from(tag, 'base64url'));
    const plain = Buffer.concat([decipher.update(Buffer.from(ciphertext, 'base64url')), decipher.final()]);
    const claims = readJsonObject(plain.toString('utf8'));
    return claims ? { claims, signature: 'valid' } : { signature: 'invalid' };
  } catch {
    findings.error(
      'it cannot be opened with ABLY_AUTH_EMBEDDED_SECRET',
      'Your servers could not either: one secret on both sides',
    );
    return { signature: 'invalid' };
  }
}
