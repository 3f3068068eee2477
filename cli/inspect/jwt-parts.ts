/** What every JWT is read by, whoever it is for: its parts, its times, its size. */
import { MAX_JWT_BYTES } from '../../core/limits.ts';
import { type JsonObject, readEncodedObject } from '../read-json-object.ts';
import { countsSeconds } from '../time-unit.ts';
import { checkTtl, type Moment } from './checks.ts';
import { describeSpan, type Findings, type Inspection } from './inspection.ts';

/** Ably’s clock and the signer’s may differ by as much before somebody notices. */
const CLOCK_LEEWAY_MS = 5_000;

export function readTimes(
  { iat, exp }: JsonObject,
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
  if (!countsSeconds(iat)) {
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

export function checkSize(text: string, findings: Findings): void {
  if (text.length <= MAX_JWT_BYTES) return;
  findings.warning(
    `it has ${text.length} bytes; clients send it in a header that many servers cut off at 8 KB`,
    "Grant less, or format: 'auto'",
  );
}

export function splitSignature(text: string): readonly [string, string] {
  const dot = text.lastIndexOf('.');
  return [text.slice(0, dot), text.slice(dot + 1)];
}

export function decodePart(part = ''): JsonObject | undefined {
  return /^[\w-]+$/.test(part) ? readEncodedObject(part) : undefined;
}
