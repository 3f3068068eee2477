/**
 * The claims of one caller's JWT, from what the matching rules and the config want in it. Reads claims of the identity
 * only, never what a rule looked up, as a clientId does.
 */
import { randomUUID } from 'node:crypto';
import { AuthFailure } from '../errors.ts';
import type { Identity } from '../identity/identity.ts';
import { MAX_REVOCATION_KEY_BYTES } from '../limits.ts';
import { CONTROL_OR_LINE_SEPARATOR } from '../well-formed.ts';
import { textFromTemplate } from './client-id-template.ts';
import type { CompiledClaim, CompiledExtras, CompiledText } from './compile-extras.ts';
import type { LeftOut } from './evaluate.ts';
import type { FilledExtras } from './jwt-extras.ts';
import { expandTemplate, type Template } from './template.ts';

export interface NamedExtras {
  /** The rule's name, for the log; `jwt` for what the config says. */
  readonly rule: string;
  readonly extras: CompiledExtras;
}

export interface Filling {
  readonly extras: FilledExtras;
  readonly leftOut: readonly LeftOut[];
}

/**
 * @param wanted in the order in which they decide
 * @throws AuthFailure `unfit-revocation-key` (403)
 */
export function fillExtras(wanted: readonly NamedExtras[], identity: Identity): Filling {
  const filled = new Map<string, string | number | boolean>();
  const leftOut: LeftOut[] = [];
  const decided = new Set<string>();
  for (const { rule, extras } of wanted) {
    for (const claim of extras.claims) {
      const { at: grant, name } = claim;
      const { values: names, shortfalls } = expandTemplate(name, identity.claims);
      leftOut.push(...shortfalls.map((shortfall) => ({ rule, grant, ...shortfall })));
      for (const each of names) {
        if (decided.has(each)) continue;
        decided.add(each);
        const value = claimValue(claim, identity);
        if (value === undefined) leftOut.push({ rule, grant, why: 'unfit', placeholder: placeholdersOf(claim) });
        else filled.set(each, value);
      }
    }
  }
  const revocable = wanted.find(({ extras: { revocationKey } }) => revocationKey !== undefined);
  const key = revocable?.extras.revocationKey;
  if (revocable && key) {
    const text = textFromTemplate(key, identity.claims);
    if (isFitRevocationKey(text)) filled.set('x-ably-revocation-key', text);
    else if (identity.kind !== 'anonymous') throw new AuthFailure('unfit-revocation-key', `the template ${key.text}`);
  }
  if (wanted.some(({ extras: { jti } }) => jti)) filled.set('jti', randomUUID());
  return { extras: filled, leftOut };
}

function claimValue({ value }: CompiledClaim, { claims }: Identity): string | number | boolean | undefined {
  if (!(value instanceof Map)) return fill(value as CompiledText, claims);
  const members: (readonly [string, string | number | boolean])[] = [];
  for (const [name, text] of value as ReadonlyMap<string, CompiledText>) {
    const member = fill(text, claims);
    if (member === undefined) return undefined;
    members.push([name, member]);
  }
  return JSON.stringify(Object.fromEntries(members));
}

function fill(text: CompiledText, claims: Identity['claims']): string | number | boolean | undefined {
  if (typeof text !== 'object') return text;
  return textFromTemplate(text, claims) || undefined;
}

/** For the log: which claims it reads. */
function placeholdersOf({ value }: CompiledClaim): string {
  const texts = value instanceof Map ? [...value.values()] : [value];
  const templates = texts.filter((text): text is Template => typeof text === 'object');
  return templates.flatMap(({ placeholders }) => placeholders.map(({ text }) => text)).join(', ');
}

function isFitRevocationKey(text: string): boolean {
  return text !== '' && Buffer.byteLength(text) <= MAX_REVOCATION_KEY_BYTES && !CONTROL_OR_LINE_SEPARATOR.test(text);
}
