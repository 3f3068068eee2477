/** A TokenRequest: every field as Ably and the SDKs want it, the two minutes of its timestamp, and its MAC. */
import { MAX_TOKEN_JSON_BYTES, MIN_NONCE_CHARS, TOKEN_REQUEST_WINDOW_MS } from '../../core/limits.ts';
import { type MacFields, tokenRequestMac } from '../../core/token/token-request-mac.ts';
import { isFitNonce } from '../../core/well-formed.ts';
import { countsSeconds } from '../time-unit.ts';
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

const FIELDS = ['keyName', 'ttl', 'capability', 'clientId', 'timestamp', 'nonce', 'mac'];
const SIGN_AGAIN = 'It cannot be mended: ask the endpoint for another one';

export function inspectTokenRequest(record: Readonly<Record<string, unknown>>, moment: Moment): Inspection {
  const findings = new Findings();
  const keyName = readKeyName(record.keyName, 'keyName', findings);
  const clientId = readClientId(record.clientId === null ? undefined : record.clientId, findings);
  if (record.clientId === null)
    findings.error('its clientId is null', 'Leave it out: SDKs for phones send something else on');
  const ttlMs = readTtl(record.ttl, findings);
  const issuedAt = readTimestamp(record.timestamp, moment, findings);
  checkNonce(record.nonce, findings);
  const capability = readRights(record.capability, clientId, findings);
  const further = Object.keys(record).filter((name) => !FIELDS.includes(name));
  if (further.length > 0)
    findings.warning(
      `it has further fields: ${further.map((name) => JSON.stringify(name)).join(', ')}`,
      'Nothing signs them: leave them out',
    );
  if (JSON.stringify(record).length > MAX_TOKEN_JSON_BYTES)
    findings.error('it is larger than 128 KB', 'Clients refuse it: grant less');
  return {
    kind: 'token-request',
    signature: checkMac(record, keyName, moment, findings),
    ...(keyName !== undefined && { keyName }),
    ...(clientId !== undefined && { clientId }),
    ...(issuedAt !== undefined && { issuedAt }),
    ...(ttlMs !== undefined && { ttlMs }),
    ...(capability && { capability }),
    findings: findings.all,
  };
}

function readTtl(ttl: unknown, findings: Findings): number | undefined {
  if (ttl === undefined) {
    findings.warning('it names no ttl', 'Ably takes an hour: say how long (S8)');
    return undefined;
  }
  if (typeof ttl !== 'number' || !Number.isSafeInteger(ttl)) {
    findings.error(
      'its ttl is no whole number',
      'Write milliseconds as a number: SDKs for phones drop a text, or read null as 0',
    );
    return undefined;
  }
  checkTtl(ttl, findings);
  if (ttl % 1000 !== 0) {
    findings.warning(
      'its ttl is no multiple of a second',
      'ably-cocoa sends another number on, and the MAC is wrong: whole seconds',
    );
  }
  return ttl;
}

function readTimestamp(timestamp: unknown, { nowMs }: Moment, findings: Findings): number | undefined {
  if (typeof timestamp !== 'number' || !Number.isSafeInteger(timestamp)) {
    findings.error('its timestamp is no whole number', 'Write milliseconds since 1970 as a number');
    return undefined;
  }
  const ageMs = nowMs - timestamp;
  if (countsSeconds(timestamp)) {
    findings.error('its timestamp counts seconds', 'Ably counts milliseconds since 1970 here');
  } else if (ageMs > TOKEN_REQUEST_WINDOW_MS) {
    findings.error(
      `it is ${describeSpan(ageMs)} old, and Ably takes it for two minutes (40104)`,
      `${SIGN_AGAIN}; a cache may have kept it`,
    );
  } else if (ageMs < -TOKEN_REQUEST_WINDOW_MS) {
    findings.error(
      `it is ${describeSpan(-ageMs)} ahead of this clock (40104)`,
      `Set the clock that signs, or this one; clock: 'learn' in auth.config.ts`,
    );
  }
  return timestamp;
}

function checkNonce(nonce: unknown, findings: Findings): void {
  if (typeof nonce !== 'string') findings.error('it has no nonce', 'Every one needs its own, by chance');
  else if (nonce.length < MIN_NONCE_CHARS)
    findings.error(`its nonce has ${nonce.length} characters`, `${MIN_NONCE_CHARS} or more`);
  else if (!isFitNonce(nonce))
    findings.error('its nonce is not printable ASCII', 'A line break in it can be read as another field (S5)');
}

function checkMac(
  record: Readonly<Record<string, unknown>>,
  keyName: string | undefined,
  { env }: Moment,
  findings: Findings,
): NonNullable<Inspection['signature']> {
  if (typeof record.mac !== 'string') {
    findings.error('it has no mac', 'Unsigned, Ably takes it from nobody but the key itself');
    return 'invalid';
  }
  if (!/^[A-Za-z0-9+/]{43}=$/.test(record.mac)) {
    findings.error('its mac is no HMAC-SHA-256 in base64', 'Standard base64 with padding, not base64url');
    return 'invalid';
  }
  const key = keyNamed(keyName, env);
  if (!key) return noKey(keyName, findings);
  // Signed as they stand there, whatever their type: what is wrong with that was said above.
  const fields = Object.fromEntries(FIELDS.map((name) => [name, record[name] ?? undefined])) as unknown as MacFields;
  const verdict = compare(record.mac, tokenRequestMac(key, fields));
  if (verdict === 'invalid') findings.error(...WRONG_SIGNATURE);
  return verdict;
}
