/** A JWT: one that Ably verifies by its API key, one of an app's own around a credential for Ably, or one of somebody else. */
import { MAX_REVOCATION_KEY_BYTES } from '../../core/limits.ts';
import type { JsonObject } from '../read-json-object.ts';
import { compare, keyNamed, type Moment, noKey, readClientId, readKeyName, WRONG_SIGNATURE } from './checks.ts';
import { Findings, type Inspection } from './inspection.ts';
import { checkSize, decodePart, readTimes, splitSignature } from './jwt-parts.ts';
import { CARRIED, inspectOuter } from './outer-jwt.ts';
import { readRights } from './rights.ts';

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

function inspectAblyJwt(text: string, header: JsonObject, claims: JsonObject, moment: Moment): Inspection {
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
  { alg }: JsonObject,
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

function inspectForeign(header: JsonObject, claims: JsonObject | undefined, moment: Moment): Inspection {
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
