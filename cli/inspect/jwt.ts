/** A JWT: one that Ably verifies by its API key, one of an app's own around a credential for Ably, or one of somebody else. */
import { createDecipheriv, createHmac } from 'node:crypto';
import { MAX_JWT_BYTES, MAX_REVOCATION_KEY_BYTES } from '../../core/limits.ts';
import type { Environment } from '../../core/settings.ts';
import { outerSecret } from '../../core/token/embedded-jwt.ts';
import {
  checkTtl,
  compare,
  keyNamed,
  type Moment,
  noKey,
  readClientId,
  readKeyName,
  WRONG_SIGNATURE,
} from './checks.ts';
import { describeSpan, Findings, type Inspection } from './inspection.ts';
import { readRights } from './rights.ts';

type Json = Readonly<Record<string, unknown>>;

/** Ably’s clock and the signer’s may differ by as much before somebody notices. */
const CLOCK_LEEWAY_MS = 5_000;
const CARRIED = 'x-ably-token';

/**
 * @param inspectInner what reads the credential that it carries
 * @returns `undefined` when it is no JWT
 */
export function inspectJwt(
  text: string,
  moment: Moment,
  inspectInner: (text: string, moment: Moment) => Inspection,
): Inspection | undefined {
  const parts = text.split('.');
  const header = decodePart(parts[0]);
  if (!header || (parts.length !== 3 && parts.length !== 5)) return undefined;
  const claims = parts.length === 3 ? decodePart(parts[1]) : undefined;
  if (parts.length === 3 && !claims) return undefined;
  const carried = header[CARRIED] ?? claims?.[CARRIED];
  if (typeof carried === 'string') return inspectOuter(text, header, claims, inspectInner(carried, moment), moment);
  const isAblys = claims !== undefined && Object.keys(claims).some((name) => name.startsWith('x-ably-'));
  if (claims && (isAblys || /^[\w-]+\.[\w-]+$/.test(String(header.kid))))
    return inspectAblyJwt(text, header, claims, moment);
  return inspectForeign(header, claims, moment);
}

function inspectAblyJwt(text: string, header: Json, claims: Json, moment: Moment): Inspection {
  const findings = new Findings();
  const keyName = readKeyName(header.kid, 'kid', findings);
  if (header.alg !== 'HS256') findings.error('it is not signed under HS256 (alg)', 'Ably verifies no other (40144)');
  const clientId = readClientId(claims['x-ably-clientId'], findings);
  const times = readTimes(claims, moment, findings);
  const capability = readRights(claims['x-ably-capability'], clientId, findings);
  const group = claims['x-ably-revocation-key'];
  if (group !== undefined && (typeof group !== 'string' || group === '')) {
    findings.error('its revocation key is no text', 'Ably refuses it (40144): leave it out, or write a text');
  } else if (typeof group === 'string' && Buffer.byteLength(group) > MAX_REVOCATION_KEY_BYTES) {
    findings.warning(`its revocation key is longer than ${MAX_REVOCATION_KEY_BYTES} bytes`, 'Name the group shorter');
  }
  checkSize(text, findings);
  return {
    kind: 'ably-jwt',
    signature: checkSignature(text, header, keyName, moment, findings),
    ...(keyName !== undefined && { keyName }),
    ...(clientId !== undefined && { clientId }),
    ...times,
    ...(capability && { capability }),
    furtherClaims: Object.keys(claims).filter((name) => !/^(iat|exp|x-ably-(capability|clientId))$/.test(name)),
    findings: findings.all,
  };
}

function checkSignature(
  text: string,
  { alg }: Json,
  keyName: string | undefined,
  { env }: Moment,
  findings: Findings,
): NonNullable<Inspection['signature']> {
  const key = keyNamed(keyName, env);
  if (!key) return noKey(keyName, findings);
  const [signed, signature] = splitSignature(text);
  const verdict = alg === 'HS256' ? compare(signature, key.hmacSha256(signed, 'base64url')) : 'invalid';
  if (verdict === 'invalid') findings.error(...WRONG_SIGNATURE);
  return verdict;
}

function inspectOuter(
  text: string,
  header: Json,
  claims: Json | undefined,
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
  readonly claims?: Json;
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
    const claims = readRecord(plain.toString('utf8'));
    return claims ? { claims, signature: 'valid' } : { signature: 'invalid' };
  } catch {
    findings.error(
      'it cannot be opened with ABLY_AUTH_EMBEDDED_SECRET',
      'Your servers could not either: one secret on both sides',
    );
    return { signature: 'invalid' };
  }
}

function inspectForeign(header: Json, claims: Json | undefined, moment: Moment): Inspection {
  const findings = new Findings();
  findings.error(
    typeof header.kid === 'string' ? 'its kid names no API key of Ably' : 'it names no API key of Ably (kid)',
    'If your identity provider has issued it, it is what a client shows to the endpoint: ably-auth-functions explain --token -',
  );
  const expires = claims?.exp;
  const isOver = typeof expires === 'number' && expires * 1000 <= moment.nowMs;
  if (isOver) findings.note('it has expired', 'The endpoint would answer 401');
  return {
    kind: 'foreign-jwt',
    ...(typeof expires === 'number' && { expiresAt: expires * 1000 }),
    ...(claims && { furtherClaims: Object.keys(claims) }),
    findings: findings.all,
  };
}

function readTimes(
  { iat, exp }: Json,
  { nowMs }: Moment,
  findings: Findings,
): Pick<Inspection, 'issuedAt' | 'expiresAt' | 'ttlMs'> {
  if (typeof iat !== 'number' || typeof exp !== 'number') {
    findings.error(
      'it does not say when it was issued and when it ends (iat, exp)',
      'Ably refuses it (40144): whole seconds since 1970',
    );
    return {};
  }
  const [issuedAt, expiresAt] = [iat * 1000, exp * 1000];
  if (iat > 100_000_000_000) {
    findings.error('its iat and exp count milliseconds', 'A JWT counts seconds');
    return {};
  }
  checkTtl(expiresAt - issuedAt, findings);
  if (expiresAt <= nowMs)
    findings.error(
      `it has expired, ${describeSpan(nowMs - expiresAt)} ago (40142)`,
      'Ask the endpoint for another one',
    );
  if (issuedAt > nowMs + CLOCK_LEEWAY_MS)
    findings.warning(
      `it is issued ${describeSpan(issuedAt - nowMs)} from now`,
      'Set the clock that signs, or this one',
    );
  return { issuedAt, expiresAt, ttlMs: expiresAt - issuedAt };
}

function checkSize(text: string, findings: Findings): void {
  if (text.length <= MAX_JWT_BYTES) return;
  findings.warning(
    `it has ${text.length} bytes; clients send it in a header that many servers cut off at 8 KB`,
    "Grant less, or format: 'auto'",
  );
}

function splitSignature(text: string): readonly [string, string] {
  const dot = text.lastIndexOf('.');
  return [text.slice(0, dot), text.slice(dot + 1)];
}

function decodePart(part = ''): Json | undefined {
  return /^[\w-]+$/.test(part) ? readRecord(Buffer.from(part, 'base64url').toString('utf8')) : undefined;
}

/** A JSON object. */
export function readRecord(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}
