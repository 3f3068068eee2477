/**
 * The kit for a policy's own tests: a table of who may do what where, one test a row, in whatever runner has an `it`.
 *
 * Each row is the real decision, by `explainPolicy`; when it is not the expected one, the test fails with the whole
 * explanation. No key, no network and no request is needed.
 */
import type { AuthConfig, AuthDefinition } from '../core/config.ts';
import { type ExplainedCaller, explainPolicy } from '../core/policy/explain.ts';
import type { Question } from '../core/policy/explain-answer.ts';
import { describeExplanation } from '../core/policy/explain-text.ts';
import type { Environment } from '../core/settings.ts';

/**
 * Who, what, where, and whether they may. A caller is its claims as a session has them, or with `kind` or `subject` a
 * (part of an) identity; `undefined` is an anonymous one.
 */
export type PolicyRow = readonly [
  caller: Readonly<Record<string, unknown>> | undefined,
  operation: Question['operation'],
  channel: string,
  expected: boolean,
];

export interface PolicyTableOptions {
  /** What `defineAuth` is called with. Default: a session secret for tests, so that the session source exists. */
  readonly env?: Environment;
}

/** `it` of vitest, jest, mocha or node:test. */
type DefineTest = (title: string, run: () => Promise<void>) => unknown;

const TEST_ENV: Environment = { ABLY_AUTH_SESSION_SECRET: 'for-tests-only-no-session-is-sealed-with-it' };

/** Defines a test for each row. */
export function testPolicy(
  it: DefineTest,
  config: AuthConfig | AuthDefinition,
  rows: readonly PolicyRow[],
  { env = TEST_ENV }: PolicyTableOptions = {},
): void {
  for (const [caller, operation, channel, expected] of rows) {
    const question = { operation, channel };
    it(`${nameOf(caller)} ${expected ? 'may' : 'may not'} ${operation} on ${channel}`, async () => {
      const explanation = await explainPolicy(config, callerOf(caller), { question, env });
      const unclear = explanation.outcome.kind === 'misconfigured' || isOutage(explanation.outcome);
      if (!unclear && explanation.answer?.allowed === expected) return;
      throw new Error(`expected ${expected ? 'yes' : 'no'}\n${describeExplanation(explanation)}`);
    });
  }
}

/** A policy that could not be asked has not said no. */
function isOutage(outcome: { readonly kind: string; readonly status?: number }): boolean {
  return outcome.kind === 'refused' && (outcome.status ?? 0) >= 500;
}

function callerOf(caller: PolicyRow[0]): ExplainedCaller {
  if (caller === undefined) return { kind: 'anonymous' };
  const isIdentity = ['kind', 'subject', 'claims'].some((field) => Object.hasOwn(caller, field));
  return isIdentity ? (caller as ExplainedCaller) : { claims: caller };
}

function nameOf(caller: PolicyRow[0]): string {
  return caller === undefined ? 'anonymous' : JSON.stringify(caller);
}
