/**
 * Which secrets may sign what browsers keep: sessions and guests share the setting, and each has a key of its own
 * derived from it (keys/seal.ts).
 */
import type { ConfigProblem } from '../config-problem.ts';
import { MIN_SESSION_SECRET_BYTES } from '../limits.ts';

const LIST = 'Write secrets: sessionSecrets(env)';

/** @param source whose secrets they are, `session` */
export function sessionSecretProblems(secrets: readonly string[], source: string): readonly ConfigProblem[] {
  const fix = `Set one random value of ${MIN_SESSION_SECRET_BYTES} bytes or more; while rotating, the new one and the old one separated by a comma`;
  const setting = 'ABLY_AUTH_SESSION_SECRET';
  // A text has a length as well.
  if (!Array.isArray(secrets)) return [{ setting, problem: `the ${source} source has no list of secrets`, fix: LIST }];
  const problems: ConfigProblem[] = [];
  if (secrets.length === 0) problems.push({ setting, problem: `the ${source} source has no secret`, fix });
  if (secrets.length > 2) problems.push({ setting, problem: 'there are more than two secrets', fix });
  if (secrets.some((secret) => Buffer.byteLength(secret) < MIN_SESSION_SECRET_BYTES)) {
    problems.push({ setting, problem: `a secret is shorter than ${MIN_SESSION_SECRET_BYTES} bytes`, fix });
  }
  return problems;
}
