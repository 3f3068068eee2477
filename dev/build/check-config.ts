/**
 * Finds what is wrong with `auth.config.ts` before it is bundled, as far as that can be known without a secret (S11).
 *
 * Placeholders stand in for secrets that are not set here, so that the sources which need them exist and are checked
 * together. What the environment of the build does set is read as it is: a deployment passes it on.
 */
import type { AuthDefinition } from '../../core/config.ts';
import type { ConfigProblem } from '../../core/config-problem.ts';
import { lintPolicy } from '../../core/policy/lint.ts';
import { describeFinding } from '../../core/policy/lint-finding.ts';
import { resolveConfig } from '../../core/resolve-config.ts';
import type { Environment } from '../../core/settings.ts';

const PLACEHOLDERS = { ABLY_AUTH_SESSION_SECRET: 'placeholder-while-building-no-secret-is-needed' };

export interface ConfigCheck {
  readonly problems: readonly ConfigProblem[];
  /** Said to whoever builds; does not stop the build. */
  readonly notes: readonly string[];
}

export function checkConfig(definition: AuthDefinition, env: Environment): ConfigCheck {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value));
  const checked = { ...PLACEHOLDERS, ...set };
  try {
    definition?.build?.(checked);
  } catch (error) {
    // It may read a variable that only the deployed function has, so that nothing is known about its rules here.
    const kind = error instanceof Error ? error.constructor.name : typeof error;
    const note = `auth.config.ts was not checked: building it failed (${kind}) with the environment of this build.`;
    return { problems: [], notes: [note] };
  }
  const resolution = resolveConfig(definition, checked);
  if (!resolution.ok) return { problems: resolution.problems, notes: [] };
  return { problems: [], notes: lintPolicy(definition.build(checked)).map(describeFinding) };
}
