/** Checks that more than one kind of credential needs: whose it is, how long it lives, and which key signed it. */
import { timingSafeEqual } from 'node:crypto';
import { type ApiKey, readApiKey } from '../../core/keys/api-key.ts';
import { parseApiKey } from '../../core/keys/parse-api-key.ts';
import { MAX_CLIENT_ID_BYTES, MAX_REVOCABLE_TTL_MS, MAX_TTL_MS, MIN_TTL_MS } from '../../core/limits.ts';
import type { Environment } from '../../core/settings.ts';
import { isFitClientId } from '../../core/well-formed.ts';
import { CannotRun } from '../command.ts';
import { describeSpan, type Findings, type Inspection } from './inspection.ts';

export interface Moment {
  readonly env: Environment;
  readonly nowMs: number;
}

const KEY_NAME = /^[\w-]+\.[\w-]+$/;

export function readKeyName(value: unknown, field: string, findings: Findings): string | undefined {
  if (typeof value === 'string' && KEY_NAME.test(value)) return value;
  findings.error(`${field} does not name an API key`, 'It is appId.keyId, without the secret');
  return undefined;
}

/** @returns `null` for none, `undefined` for one that is unfit */
export function readClientId(value: unknown, findings: Findings): string | null | undefined {
  if (value === undefined) return null;
  if (typeof value !== 'string') {
    findings.error(
      'its clientId is no text',
      'Leave it out where there is none: Ably refuses null and numbers (40012)',
    );
    return undefined;
  }
  if (value === '*') {
    findings.warning('its clientId is *: the holder may be anybody', 'Give it to servers of yours, and to no client');
    return value;
  }
  if (isFitClientId(value)) return value;
  findings.error(
    'its clientId is not fit',
    `1 to ${MAX_CLIENT_ID_BYTES} bytes without *, line breaks and control characters: a line break can be read as another field (S5)`,
  );
  return undefined;
}

export function checkTtl(ttlMs: number, findings: Findings): void {
  if (ttlMs > MAX_TTL_MS) {
    findings.error(`it would live ${describeSpan(ttlMs)}, and Ably allows 24 h`, 'Ably refuses it (40003): shorten it');
  } else if (ttlMs <= 0) {
    findings.error('it would live no time at all', 'Say how long, in whole seconds');
  } else {
    if (ttlMs < MIN_TTL_MS)
      findings.warning(`it lives ${describeSpan(ttlMs)}`, 'Clients would renew without pause: a minute or more');
    if (ttlMs > MAX_REVOCABLE_TTL_MS) {
      findings.note(
        `it lives longer than an hour (${describeSpan(ttlMs)})`,
        'A key with revocable tokens refuses that',
      );
    }
  }
}

/** Of the two keys that the environment may hold, the one of that name. @throws CannotRun for a key that is none */
export function keyNamed(name: string | undefined, env: Environment): ApiKey | undefined {
  const keys = (['ABLY_API_KEY', 'ABLY_API_KEY_PREVIOUS'] as const).map((setting) => {
    const text = env[setting];
    if (!text) return undefined;
    const parsed = parseApiKey(text);
    if (!parsed.ok) throw new CannotRun(`${setting}: ${parsed.problem}.`);
    return readApiKey(text);
  });
  return keys.find((key) => key?.name === name);
}

export function noKey(name: string | undefined, findings: Findings): 'not checked' {
  findings.note(
    'its signature was not checked',
    `Give ABLY_API_KEY${name === undefined ? '' : `, the key ${name}`}, in the environment or with --env`,
  );
  return 'not checked';
}

/** Whether two texts are the same, in a time that does not tell where they differ (S16). */
export function compare(given: string, expected: string): NonNullable<Inspection['signature']> {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b) ? 'valid' : 'invalid';
}

export const WRONG_SIGNATURE = [
  'its signature is not of this key',
  'It was signed with another secret, or changed on the way: sign what you send, and send what you signed',
] as const;
