/**
 * The config of a prebuilt drop-in, which nobody can edit: sources and rules from the environment alone.
 *
 * An identity source exists when its setting does; anonymous callers only when a rule names them (S1). Tokens are revocable
 * when a rule lets somebody revoke. Without rules, or without anybody whom they could cover, it says which settings are
 * missing.
 */
import type { AuthConfig, AuthDefinition } from '../../core/config.ts';
import type { ConfigProblem } from '../../core/config-problem.ts';
import { anonymous } from '../../core/identity/anonymous.ts';
import type { IdentitySource } from '../../core/identity/identity.ts';
import { readJsonPolicy } from '../../core/policy/json-policy.ts';
import { coversAnonymous, kindsOf, matchOf } from '../../core/policy/match.ts';
import type { Rule } from '../../core/policy/rule.ts';
import type { Environment } from '../../core/settings.ts';
import { environmentSources } from '../identity/environment-sources.ts';
import { readPolicyText } from './read-policy-text.ts';

export interface DropInConfig {
  readonly definition: AuthDefinition;
  /** With any, the definition is a stand-in that lets the rest be checked; it grants nothing to anybody. */
  readonly problems: readonly ConfigProblem[];
}

const SETTING = 'ABLY_AUTH_POLICY';

/** @param entryUrl `import.meta.url` of the entry: a policy may be a file beside it */
export function readDropInConfig(env: Environment, entryUrl: string): DropInConfig {
  const problems: ConfigProblem[] = [];
  return dropInConfig(env, readRules(env, entryUrl, problems), problems, `${SETTING}.`);
}

/**
 * @param rules `undefined` beside problems that say why they cannot be read; empty beside one that says there are none
 * @param problems receives what is wrong with the rest
 * @param prefix of the paths by which problems call what is in the policy
 */
export function dropInConfig(
  env: Environment,
  rules: readonly Rule[] | undefined,
  problems: ConfigProblem[],
  prefix = '',
): DropInConfig {
  const setting = `${prefix}rules`;
  problems.push(...rulesForGuests(rules ?? [], setting));
  const sources: IdentitySource[] = [...environmentSources(env)];
  if (rules?.some(({ when }) => coversAnonymous(when))) sources.push(anonymous());
  // Whom rules would cover that cannot be read, nobody knows.
  if (sources.length === 0 && rules) {
    const fix =
      'Set it to a random value of 32 bytes or more, or ABLY_AUTH_ISSUER, or let a rule of ABLY_AUTH_POLICY say "kind": "anonymous"';
    problems.push({ setting: 'ABLY_AUTH_SESSION_SECRET', problem: 'there is no identity source', fix });
  }
  const config: AuthConfig = {
    sources: sources.length > 0 ? sources : [anonymous()],
    rules: rules?.length ? rules : [{ name: 'stands in for rules that could not be read', grant: {} }],
    ...(rules?.some(({ mayRevoke }) => mayRevoke !== undefined) && { revocable: true }),
  };
  return { definition: { build: () => config, rulesFrom: { setting, form: 'json' } }, problems };
}

/** Guests need a source that hands out their names, which the environment cannot ask for. */
function rulesForGuests(rules: readonly Rule[], setting: string): readonly ConfigProblem[] {
  return rules.flatMap(({ when }, index): readonly ConfigProblem[] => {
    if (!kindsOf(matchOf(when)).every((kind) => kind === 'guest')) return [];
    const problem = 'a drop-in has no guests, so the rule covers nobody';
    const fix =
      'Write user or anonymous, or install the package and write guest() into the sources of an auth.config.ts';
    return [{ setting: `${setting}[${index}].when.kind`, problem, fix }];
  });
}

function readRules(env: Environment, entryUrl: string, problems: ConfigProblem[]): readonly Rule[] | undefined {
  const setting = env[SETTING];
  if (!setting) {
    const fix = 'Set it to {"rules": [...]}, or to the name of a .json file beside the function';
    problems.push({ setting: SETTING, problem: 'there are no rules', fix });
    return [];
  }
  const text = readPolicyText(setting, entryUrl, problems);
  return text === undefined ? undefined : readJsonPolicy(text, SETTING, problems, `${SETTING}.`);
}
