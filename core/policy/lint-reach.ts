/**
 * Looks at who can reach a rule, and what of it still counts once they do: kinds and sources that nobody yields, claims
 * that no source provides, settings that an earlier rule has always decided already.
 */
import type { IdentitySource } from '../identity/identity.ts';
import { parseClaimPath } from './claim-path.ts';
import type { JwtExtras } from './jwt-extras.ts';
import type { Report } from './lint-finding.ts';
import { kindsOf, matchOf, sourcesOf } from './match.ts';
import type { Match, Rule } from './rule.ts';
import { parseTemplate } from './template.ts';

export function lintReach(
  sources: readonly IdentitySource[],
  rules: readonly Rule[],
  setting: string,
  report: Report,
): void {
  for (const [index, rule] of rules.entries()) {
    const at = `${setting}[${index}]`;
    const match = matchOf(rule.when);
    const yielding = sourcesFor(match, sources);
    if (yielding.length === 0) {
      const [finding, fix] = unreachable(match, sources);
      report('warning', `${at}.when`, `nobody can match it: ${finding}`, fix);
      continue;
    }
    lintClaims(rule, match, yielding, at, report);
    lintSettled(rule, match, rules.slice(0, index), at, report);
  }
}

function sourcesFor(match: Match, sources: readonly IdentitySource[]): readonly IdentitySource[] {
  const kinds = kindsOf(match);
  const named = sourcesOf(match);
  return sources.filter(
    ({ name, kinds: yielded }) => yielded.some((kind) => kinds.includes(kind)) && (named?.includes(name) ?? true),
  );
}

function unreachable(match: Match, sources: readonly IdentitySource[]): readonly [finding: string, fix: string] {
  const unknown = (sourcesOf(match) ?? []).filter((name) => !sources.some((source) => source.name === name));
  if (unknown.length > 0) {
    const known = sources.map(({ name }) => name).join(', ');
    return [`no source is named ${unknown.join(', ')}`, `Write one of ${known}`];
  }
  return [`no source of it yields ${kindsOf(match).join(', ')}`, 'Name another kind, or list a source that yields it'];
}

/** Claims that a condition or a template reads, against those that every source in question says it has. */
function lintClaims(rule: Rule, match: Match, sources: readonly IdentitySource[], at: string, report: Report): void {
  const read = (path: string): void => {
    const [claim] = parseClaimPath(path) ?? [];
    const without = claim === undefined ? [] : sources.filter((source) => !canHave(source, claim));
    if (without.length === 0) return;
    const names = without.map(({ name }) => name).join(', ');
    const whose = without.length === sources.length ? 'nobody has it' : 'callers of some sources lack it';
    report('warning', at, `it reads the claim ${claim}, and ${whose} (${names})`, 'Name a claim that they have');
  };
  for (const [path, test] of Object.entries(match.claims ?? {})) {
    const wantsAbsent = typeof test === 'object' && 'present' in test && !test.present;
    if (!wantsAbsent) read(path);
  }
  for (const text of [...Object.keys(rule.grant), ...(rule.clientId ? [rule.clientId] : [])]) {
    const parsed = parseTemplate(text);
    for (const { path, text: inside } of parsed.ok ? parsed.template.placeholders : []) {
      if (path[0] !== 'lookup') read(inside.replace(/\|segment$/, ''));
      else if (!rule.lookup) report('warning', at, `it reads {${inside}} and has no lookup`, 'Give it one');
    }
  }
  for (const text of rule.jwt ? textsIn(rule.jwt) : []) {
    const parsed = parseTemplate(text);
    for (const { path, text: inside } of parsed.ok ? parsed.template.placeholders : []) {
      if (path[0] !== 'lookup') read(inside.replace(/\|segment$/, ''));
      else report('warning', `${at}.jwt`, `it reads {${inside}}, and only a grant can`, 'Name a claim of the caller');
    }
  }
}

/** All that may be a template in what a rule wants in a JWT: a revocation key that cannot be filled refuses the caller. */
function textsIn({ channelClaims = {}, roomClaims = {}, claims = {}, revocationKey }: JwtExtras): readonly string[] {
  const values: readonly unknown[] = [channelClaims, roomClaims].flatMap((of) =>
    Object.values(of).flatMap((value) => (typeof value === 'object' ? Object.values(value) : [value])),
  );
  const texts = [...values, ...Object.values(claims), revocationKey].filter((text) => typeof text === 'string');
  return [...Object.keys(channelClaims), ...Object.keys(roomClaims), ...texts];
}

function canHave({ kinds, claims }: IdentitySource, claim: string): boolean {
  if (kinds.every((kind) => kind === 'anonymous')) return claims?.includes(claim) ?? false;
  return claims === undefined || claim === 'sub' || claims.includes(claim);
}

/** Of these the first matching rule decides: after a rule that covers at least the same callers they never count. */
function lintSettled(rule: Rule, match: Match, before: readonly Rule[], at: string, report: Report): void {
  for (const part of ['clientId', 'ttl', 'format'] as const) {
    if (rule[part] === undefined) continue;
    const earlier = before.find((other) => other[part] !== undefined && coversAllOf(matchOf(other.when), match));
    if (!earlier) continue;
    const finding = `it never counts: ${JSON.stringify(earlier.name)} comes first and decides it for the same callers`;
    report('warning', `${at}.${part}`, finding, 'Move this rule up, or remove it here');
  }
}

/** Whether whoever passes `narrow` passes `wide`, as far as that can be seen from the data. */
function coversAllOf(wide: Match, narrow: Match): boolean {
  if (wide.test !== undefined && wide.test !== narrow.test) return false;
  const kinds = kindsOf(wide);
  if (!kindsOf(narrow).every((kind) => kinds.includes(kind))) return false;
  const sources = sourcesOf(wide);
  if (sources && !(sourcesOf(narrow)?.every((name) => sources.includes(name)) ?? false)) return false;
  return Object.entries(wide.claims ?? {}).every(
    ([path, test]) => JSON.stringify(narrow.claims?.[path]) === JSON.stringify(test),
  );
}
