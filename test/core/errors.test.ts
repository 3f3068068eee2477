import { describe, expect, it } from 'vitest';
import { AuthFailure, FAILURES, type FailureReason } from '../../core/errors.ts';
import { REMEDIES } from '../../core/remedies.ts';

const REASONS = Object.keys(FAILURES) as FailureReason[];

/** What goes over the wire, row by row. */
const TABLE: Readonly<Record<FailureReason, readonly [status: number, code: number]>> = {
  'malformed-request': [400, 40000],
  'method-not-allowed': [405, 40500],
  'post-only': [405, 40500],
  'get-only': [405, 40500],
  'no-credential': [401, 40101],
  'bad-credential': [401, 40101],
  'expired-credential': [401, 40101],
  'session-ending': [401, 40101],
  'signed-out': [401, 40101],
  'anonymous-not-allowed': [401, 40101],
  'requested-capability-empty': [401, 40160],
  'requested-capability-exceeds': [401, 40160],
  banned: [403, 40300],
  'may-not-revoke': [403, 40300],
  'no-rule': [403, 40300],
  'foreign-client-id': [403, 40300],
  'unfit-client-id': [403, 40300],
  'cross-site': [403, 40300],
  'key-unavailable': [503, 50000],
  'identity-provider-unavailable': [503, 50000],
  'policy-unavailable': [503, 50000],
  'store-unavailable': [503, 50000],
  'just-revoked': [503, 50000],
  'unfit-revocation-key': [403, 40300],
  'ably-unavailable': [503, 50000],
  'rate-limited': [401, 42910],
  'ably-limit': [401, 42910],
  misconfigured: [503, 50000],
  'credential-too-large': [503, 50000],
  internal: [500, 50000],
};

describe('FAILURES', () => {
  it.each(REASONS)('%s has the status and the code that the clients expect', (reason) => {
    expect([FAILURES[reason].status, FAILURES[reason].code]).toEqual(TABLE[reason]);
  });

  it('has no row beside those', () => {
    expect(REASONS.toSorted()).toEqual(Object.keys(TABLE).toSorted());
  });

  it('never uses a code in which clients read more', () => {
    const forbidden = [40102, 40171, ...Array.from({ length: 10 }, (_, index) => 40140 + index)];
    expect(REASONS.filter((reason) => forbidden.includes(FAILURES[reason].code))).toEqual([]);
  });

  it('says when to come back exactly where the service is out of reach, or a limit is reached', () => {
    const waits = REASONS.filter((reason) => 'retryAfterSeconds' in FAILURES[reason]);
    expect(waits).toEqual(
      REASONS.filter((reason) => FAILURES[reason].status === 503 || FAILURES[reason].code === 42910),
    );
  });

  it('has messages that can be header values: one line of printable ASCII', () => {
    for (const reason of REASONS) expect(FAILURES[reason].message).toMatch(/^[\x20-\x7e]{1,200}$/);
  });

  it('has a remedy for each, which is not the message over again', () => {
    for (const reason of REASONS) {
      expect(REMEDIES[reason]).toMatch(/\.$/);
      expect(REMEDIES[reason]).not.toBe(FAILURES[reason].message);
      // The command says it as well, and shows the detail itself.
      expect(REMEDIES[reason]).not.toContain('the detail in the log');
    }
  });
});

describe('AuthFailure', () => {
  it('carries its row, and its detail apart from the message', () => {
    const failure = new AuthFailure('no-rule', 'for the log', { clearCookies: ['c'] });
    expect(failure.kind).toBe(FAILURES['no-rule']);
    expect(failure).toMatchObject({
      ...{ name: 'AuthFailure', reason: 'no-rule', detail: 'for the log', clearCookies: ['c'] },
      message: 'No rule grants this identity anything.',
    });
  });

  it('clears no cookie and has no detail unless told', () => {
    expect(new AuthFailure('internal')).toMatchObject({ detail: undefined, clearCookies: [] });
  });
});
