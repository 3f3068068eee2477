/**
 * Where earlier grants are remembered, which is the one line of a config that lets clients ask for more: what may be
 * written there, and what is wrong with it and with `requestable`. What it becomes is in grants-choice.ts.
 *
 * A config that does not call this never loads it; asking itself is loaded by the first request.
 */
import type { ConfigProblem } from '../config-problem.ts';
import { type Duration, parseDurationMs } from '../duration.ts';
import { sessionSecretProblems } from '../identity/session-secrets.ts';
import { checkRule } from '../policy/check-rule.ts';
import { compileGrants } from '../policy/compile-grant.ts';
import { compileMatch, unreadableClaimPaths } from '../policy/match.ts';
import { createShapeCheck, excerpt } from '../policy/shape-check.ts';
import { parseTemplate } from '../policy/template.ts';
import { type Environment, sessionSecrets } from '../settings.ts';
import type { AskingConfig, CompiledRequestable, GrantsChoice, Remembering, ResolvedGrants } from './grants-choice.ts';
import type { Requestable } from './requestable.ts';

export interface RememberingOptions {
  /** How long a grant is remembered before it is checked again, `1m` to `30d`. Default `24h`. */
  readonly maxAge?: Duration;
  /** What of a request is added when something in it is refused: the rest, or nothing. Default `partial`. */
  readonly onRefused?: 'partial' | 'all-or-nothing';
  /**
   * Names the policy as it is now; a change has everything that is remembered checked again, once. Default: a hash of
   * rules and `requestable`, in which a function counts by its text: what it calls or closes over is not seen.
   */
  readonly policyVersion?: string;
  /**
   * What signed grants are sealed with: 32 bytes or more each; the first seals, the second still opens. Default:
   * `ABLY_AUTH_SESSION_SECRET`, else a key derived from the Ably API key.
   */
  readonly secrets?: readonly string[];
}

const PLACES: readonly Remembering[] = ['nothing', 'client', 'signed', 'store'];
const OPTIONS: readonly (keyof RememberingOptions)[] = ['maxAge', 'onRefused', 'policyVersion', 'secrets'];
const MIN_AGE_MS = 60_000;
const MAX_AGE_MS = 30 * 86_400_000;

const NO_STORE: ConfigProblem = {
  setting: 'ABLY_AUTH_STORE',
  problem: 'grants are remembered in a store, and there is none',
  fix: 'Name one, or have the config bring one as store',
};

/** `grants: remembering('signed', { maxAge: '8h' })`. */
export function remembering(where: Remembering, options: RememberingOptions = {}): GrantsChoice {
  return Object.freeze({
    resolve: (config, env, problems) => resolve(where, options, config, env, problems),
  } satisfies GrantsChoice);
}

function resolve(
  where: Remembering,
  options: RememberingOptions,
  { rules, requestable = [], jwt, embeddedJwt, acceptTwoMinuteWindow }: AskingConfig,
  env: Environment,
  problems: ConfigProblem[],
): ResolvedGrants {
  const shape = createShapeCheck(problems);
  const names = new Set<string>();
  const listed: readonly unknown[] = Array.isArray(requestable) ? requestable : [];
  if (listed !== requestable) shape.report('requestable', 'it is no list', 'Write a list, [...]');
  const entries = [...listed.entries()].flatMap(([index, entry]) => {
    const compiled = compileEntry(entry, `requestable[${index}]`, problems);
    if (compiled && names.has(compiled.name)) {
      shape.report(`requestable[${index}].name`, 'another entry has this name', 'Give each its own');
    }
    if (compiled) names.add(compiled.name);
    return compiled ?? [];
  });
  shape.oneOf(where, 'grants', PLACES);
  if (!shape.object(options, 'grants', [], OPTIONS)) options = {};
  const { maxAge = '24h', onRefused = 'partial', policyVersion, secrets = sessionSecrets(env) } = options;
  const maxAgeMs = parseDurationMs(String(maxAge)) ?? 0;
  shape.oneOf(onRefused, 'grants.onRefused', ['partial', 'all-or-nothing']);
  if (policyVersion !== undefined) shape.text(policyVersion, 'grants.policyVersion');
  if (maxAgeMs < MIN_AGE_MS || maxAgeMs > MAX_AGE_MS) {
    shape.report('grants.maxAge', 'it is not a duration from 1m to 30d', 'Leave it out for 24h');
  }
  if (where === 'signed' && secrets.length > 0) problems.push(...sessionSecretProblems(secrets, 'grant'));
  const resolved: ResolvedGrants = {
    ...{ entries, remember: where, maxAgeMs, secrets },
    allOrNothing: onRefused === 'all-or-nothing',
    policyVersion: policyVersion ?? [rules, requestable],
    credential: {
      ...(jwt && { jwt }),
      ...(embeddedJwt && { embeddedJwt }),
      ...(acceptTwoMinuteWindow && { acceptTwoMinuteWindow }),
    },
    withoutStore: where === 'store' ? [NO_STORE] : [],
    extend: async (rights) => (await import('./extend-rights.ts')).extendRights(resolved, rights),
  };
  return resolved;
}

function compileEntry(entry: unknown, at: string, problems: ConfigProblem[]): CompiledRequestable | undefined {
  const shape = createShapeCheck(problems);
  const before = problems.length;
  if (!shape.object(entry, at, ['resource', 'operations', 'check'], ['name', 'when'])) return undefined;
  const written = entry as unknown as Requestable;
  const { resource, operations, when, name = resource } = written;
  shape.text(resource, `${at}.resource`);
  if (typeof written.check !== 'function') shape.report(`${at}.check`, 'it is no function', 'Write one');
  // What it says of whom and what is what a rule says, without functions: the same check of its shape.
  const grant = { [resource]: operations };
  checkRule({ name, grant, ...(when !== undefined && { when }) }, at, shape, 'json');
  if (problems.length > before) return undefined;
  const { fixed, templates } = compileGrants(grant, at, problems);
  const parsed = parseTemplate(resource);
  if (!parsed.ok || problems.length > before) return undefined;
  const { template } = parsed;
  const placeholders = template.placeholders.map(({ text }) => text);
  const literals = template.parts.filter((part) => typeof part === 'string').join('');
  if (/[*[\]?,]/.test(literals)) {
    shape.report(`${at}.resource`, 'it has a wildcard or a qualifier', 'Let a client ask for one channel at a time');
  }
  if (new Set([...placeholders, 'identity', 'signal']).size < placeholders.length + 2 || placeholders.some(notAName)) {
    const problem = 'a placeholder comes twice, or is no name for what check receives';
    shape.report(`${at}.resource`, problem, 'Write plain names such as {id}, other than identity and signal');
  }
  for (const path of unreadableClaimPaths(when ?? {})) {
    shape.report(`${at}.when.claims`, `${excerpt(path)} is not a claim`, 'Quote a name that has dots in it');
  }
  if (problems.length > before) return undefined;
  const given = fixed.get(resource) ?? templates[0]?.operations ?? new Set();
  return { name, template, operations: given, covers: compileMatch(when ?? {}), check: (call) => written.check(call) };
}

function notAName(text: string): boolean {
  return !/^[A-Za-z]\w*$/.test(text);
}
