/**
 * Whether the sources of a config are sources at all, and whether they can stand together: names, order, and clientIds
 * that belong to one source each (S19). What a source finds wrong with its own options, it says itself.
 */
import type { ConfigProblem } from '../config-problem.ts';
import { isFitClientId } from '../well-formed.ts';
import type { IdentitySource } from './identity.ts';

/** @param sources as the config has them, of any type. True: they are sources, and safe to be asked for their fields. */
export function areSources(
  sources: readonly unknown[],
  problems: ConfigProblem[],
): sources is readonly IdentitySource[] {
  const fix = 'Use session(...), anonymous() or another source that this package makes, or implement IdentitySource';
  const strangers = [...sources.entries()].filter(([, source]) => !isSource(source));
  for (const [index] of strangers) {
    problems.push({ setting: `sources[${index}]`, problem: 'it is not an identity source', fix });
  }
  return strangers.length === 0;
}

function isSource(source: unknown): source is IdentitySource {
  if (typeof source !== 'object' || source === null) return false;
  const { name, kinds, problems, carriesCredential, verify } = source as Partial<Record<keyof IdentitySource, unknown>>;
  const asks = typeof carriesCredential === 'function' && typeof verify === 'function';
  return typeof name === 'string' && name !== '' && Array.isArray(kinds) && Array.isArray(problems) && asks;
}

/** What is wrong with the list as a whole, and what each source says of itself. */
export function checkSources(sources: readonly IdentitySource[], problems: ConfigProblem[]): void {
  if (sources.length === 0) {
    problems.push({ setting: 'sources', problem: 'there are none, so nobody can call', fix: 'List at least one' });
  }
  const names = sources.map(({ name }) => name);
  for (const [index, source] of sources.entries()) {
    problems.push(...source.problems);
    if (names.indexOf(source.name) !== index) {
      const fix = 'Each source needs a name of its own';
      problems.push({ setting: `sources[${index}]`, problem: `a second source named ${source.name}`, fix });
    }
    if ((source.kinds.includes('anonymous') || source.makesGuests) && index < sources.length - 1) {
      const fix = 'List it last: it answers for everyone, so the sources after it are never asked';
      problems.push({ setting: `sources[${index}]`, problem: `${source.name} stands before other sources`, fix });
    }
  }
  const named = sources.filter(({ kinds }) => kinds.some((kind) => kind !== 'anonymous'));
  for (const source of named) checkPrefix(source, names, problems);
  checkPrefixes(named, problems);
}

function checkPrefix(source: IdentitySource, names: readonly string[], problems: ConfigProblem[]): void {
  const { name, clientIdPrefix = '', sharesSubjectsWith } = source;
  const setting = `source ${name}`;
  // One character more must fit behind it, or nobody of this source has a clientId.
  if (!isFitClientId(`${clientIdPrefix}x`)) {
    const fix = 'Write a few plain characters, "partner:"';
    problems.push({ setting, problem: 'its clientIdPrefix is not fit for a clientId', fix });
  }
  if (sharesSubjectsWith !== undefined && (sharesSubjectsWith === name || !names.includes(sharesSubjectsWith))) {
    const fix = 'Name another source in the list';
    problems.push({ setting, problem: 'it shares its subjects with a source that there is not', fix });
  }
}

/** S19: `7` of one source must never be the clientId of `7` of another, unless they are said to be the same person. */
function checkPrefixes(sources: readonly IdentitySource[], problems: ConfigProblem[]): void {
  for (const [index, source] of sources.entries()) {
    for (const other of sources.slice(0, index)) {
      if (source.sharesSubjectsWith === other.name || other.sharesSubjectsWith === source.name) continue;
      const [a = '', b = ''] = [source.clientIdPrefix, other.clientIdPrefix];
      // Neither may begin the other: "a" + "b7" is "ab" + "7".
      if (!a.startsWith(b) && !b.startsWith(a)) continue;
      // A clientId of another source that begins like a guest's is refused when it comes up (reserved-prefix.ts).
      if (source.makesGuests && !other.makesGuests && !b.startsWith(a)) continue;
      if (other.makesGuests && !source.makesGuests && !a.startsWith(b)) continue;
      const problem = `its clientIds and those of ${other.name} cannot be told apart`;
      const fix =
        'Give each a clientIdPrefix such as "partner:", or say sharesSubjectsWith when they are the same people';
      problems.push({ setting: `source ${source.name}`, problem, fix });
    }
  }
}
