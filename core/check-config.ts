/**
 * Finds what is wrong with an `auth.config.ts` before it is deployed, as far as that can be known without a secret (S11):
 * for the build, and for whoever asks on a machine that has none.
 *
 * Placeholders stand in for secrets that are not set here, so that the sources which need them exist and are checked
 * together. What the environment does set is read as it is: a deployment passes it on.
 */
import type { AuthDefinition } from './config.ts';
import type { ConfigProblem } from './config-problem.ts';
import { describeThrown } from './describe-thrown.ts';
import { type FurtherParts, prepareFurtherFormats } from './further-formats.ts';
import { lintPolicy } from './policy/lint.ts';
import type { LintFinding } from './policy/lint-finding.ts';
import { type ResolvedAuth, resolveConfig } from './resolve-config.ts';
import type { Environment } from './settings.ts';

const PLACEHOLDERS = {
  ABLY_AUTH_SESSION_SECRET: 'placeholder-while-building-no-secret-is-needed',
  ABLY_AUTH_EMBEDDED_SECRET: 'another-placeholder-no-secret-is-needed',
};

export interface ConfigCheck {
  readonly problems: readonly ConfigProblem[];
  /** Allowed, and hardly meant. */
  readonly findings: readonly LintFinding[];
  /** Why nothing is known about the config, without a word of the error's message (S10). */
  readonly unchecked?: string;
}

/** @param absent secrets that the deployed function is known not to have, so that nothing stands in for them */
export function checkConfig(definition: AuthDefinition, env: Environment, absent: readonly string[] = []): ConfigCheck {
  const checked = withPlaceholders(env);
  try {
    definition?.build?.(checked);
  } catch (error) {
    // It may read a variable that only the deployed function has, so that nothing is known about its rules here.
    const unchecked = `building it threw ${describeThrown(error)}, with the environment of this process`;
    return { problems: [], findings: [], unchecked };
  }
  const resolution = resolveConfig(definition, checked);
  const { auth } = resolution;
  const further = auth?.hasFurtherFormats ? furtherProblems(auth, checked, absent) : [];
  const problems = [...(resolution.ok ? [] : resolution.problems), ...further];
  if (problems.length > 0) return { problems, findings: [] };
  return { problems: [], findings: lintPolicy(definition.build(checked)) };
}

function furtherProblems(auth: ResolvedAuth, env: Environment, absent: readonly string[]): readonly ConfigProblem[] {
  // Even where it is undefined here: it may be read from a variable that only the deployed function has.
  const bringsOuterSecret = Object.hasOwn(auth.written.embeddedJwt ?? {}, 'secret');
  const known = Object.fromEntries(Object.entries(env).filter(([name]) => !absent.includes(name)));
  return prepareFurtherFormats(auth, onlyChecking(bringsOuterSecret ? env : known)).problems;
}

/** Whether Ably can be called is known where the function runs. */
function onlyChecking(env: Environment): FurtherParts {
  const requestToken = (): Promise<never> => Promise.reject(new Error('Nothing is issued here'));
  return { env, ably: { requestToken }, nowMs: Date.now };
}

/** The environment, with something in the place of each secret that a config needs in order to be looked at. */
export function withPlaceholders(env: Environment): Environment {
  return { ...PLACEHOLDERS, ...Object.fromEntries(Object.entries(env).filter(([, value]) => value)) };
}
