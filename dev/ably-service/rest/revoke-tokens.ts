/**
 * Who may revoke tokens, what a request may ask for, and the two shapes of the answer: with X-Ably-Version 3 or later a
 * batch result, before it a bare array, or 400 when part of it failed.
 */

import type { Credential } from '../credential.ts';
import { AblyError, asAblyError, badField, badValue, notAccepted } from '../errors.ts';
import type { KeyRing } from '../keys.ts';
import type { Revocations } from '../revocations.ts';
import { asRecord } from '../wire.ts';
import type { RestRequest, RestResponse } from './http.ts';

const MAX_TARGETS = 100;
const MAX_ISSUED_BEFORE_AGE_MS = 60 * 60 * 1000;
/** The API version from which a batch answers with counts and results. */
const BATCH_RESULT_VERSION = 3;

export interface RevocationRules {
  readonly keys: KeyRing;
  readonly revocations: Revocations;
  readonly now: () => number;
  /** How long after the request a revocation with allowReauthMargin applies. */
  readonly reauthMarginMs: number;
}

export function revokeTokens(
  { keys, revocations, now, reauthMarginMs }: RevocationRules,
  keyName: string,
  request: RestRequest,
  caller: Credential | undefined,
): RestResponse {
  const key = keys.find(keyName);
  if (caller === undefined) throw notAccepted('no authentication information provided');
  if (caller.kind !== 'key') throw new AblyError(40162, 401, 'revoking tokens requires Basic authentication');
  if (caller.key.name !== key.name) throw new AblyError(40133, 401, 'a key can only revoke tokens of its own');
  if (!key.revocableTokens) throw new AblyError(40163, 401, 'token revocation is not enabled for this key');

  const { targets, issuedBeforeMs, allowReauthMargin } = readBody(request.body, now());
  const appliesAtMs = now() + (allowReauthMargin ? reauthMarginMs : 0);
  const results = targets.map((target) => {
    try {
      revocations.revoke(key, target, issuedBeforeMs, appliesAtMs);
      return { target, issuedBefore: issuedBeforeMs, appliesAt: appliesAtMs };
    } catch (error) {
      return { target, error: asAblyError(error).toErrorInfo() };
    }
  });
  const failureCount = results.filter((result) => 'error' in result).length;
  if (Number(request.header('x-ably-version') ?? 0) >= BATCH_RESULT_VERSION) {
    return { status: 201, body: { successCount: results.length - failureCount, failureCount, results } };
  }
  if (failureCount === 0) return { status: 201, body: results };
  const error = new AblyError(40020, 400, 'batched response includes errors');
  return { status: 400, body: { error: error.toErrorInfo(), batchResponse: results } };
}

interface RevocationBody {
  readonly targets: readonly string[];
  readonly issuedBeforeMs: number;
  readonly allowReauthMargin: boolean;
}

function readBody(body: unknown, nowMs: number): RevocationBody {
  const { targets, issuedBefore, allowReauthMargin } = asRecord(body) ?? {};
  if (!Array.isArray(targets) || !targets.every((target) => typeof target === 'string')) {
    throw badField('targets must be a list of strings');
  }
  if (targets.length < 1 || targets.length > MAX_TARGETS) throw badValue(`targets: from 1 to ${MAX_TARGETS}`);
  const issuedBeforeMs = issuedBefore ?? nowMs;
  if (typeof issuedBeforeMs !== 'number') throw badField('issuedBefore must be a number of milliseconds');
  if (issuedBeforeMs > nowMs || issuedBeforeMs < nowMs - MAX_ISSUED_BEFORE_AGE_MS) {
    throw badValue('issuedBefore must lie within the last hour');
  }
  if (allowReauthMargin !== undefined && typeof allowReauthMargin !== 'boolean') {
    throw badField('allowReauthMargin must be a boolean');
  }
  return { targets, issuedBeforeMs, allowReauthMargin: allowReauthMargin ?? false };
}
