/**
 * What a client may ask for beside what the policy grants anyway: which channels, with which operations, and the app's
 * own check of whether this caller may have this one. Only the shape is here; what is wrong with one is found in
 * remembering.ts, and asking is done in extend-rights.ts.
 */
import type { Operation } from '../capability/operations.ts';
import type { Identity } from '../identity/identity.ts';
import type { PresetName } from '../policy/presets.ts';
import type { Match } from '../policy/rule.ts';

/** `'org' | 'id'` for `org:{org}:room:{id}`. */
type PlaceholderOf<Resource extends string> = string extends Resource
  ? string
  : Resource extends `${string}{${infer Name}}${infer Rest}`
    ? Name | PlaceholderOf<Rest>
    : never;

/** The caller, and what the placeholders of the resource became: each one segment, whatever the client wrote (S6). */
export type CheckCall<Resource extends string = string> = {
  readonly identity: Identity;
  /** Aborted when the answer is no longer waited for: the deadline has passed, or another check has failed. */
  readonly signal: AbortSignal;
} & { readonly [Name in PlaceholderOf<Resource>]: string };

/** A list is narrower than all that the entry could give; what it names beyond that is not given. */
export type CheckAnswer = boolean | readonly Operation[];

export interface Requestable<Resource extends string = string> {
  /** Appears in the log, and in what is remembered; unique. Default: the resource as it is written. */
  readonly name?: string;
  /** One channel with a `{name}` in some of its segments, `room:{id}`; no wildcard and no qualifier. */
  readonly resource: Resource;
  readonly operations: readonly (Operation | PresetName)[];
  /** Who may ask at all. Left out: every signed-in user, never a guest or an anonymous caller (S1). */
  readonly when?: Omit<Match, 'test'>;
  /**
   * Whether this caller may have it now. Asked only about what is not remembered. Throwing, rejecting or outlasting
   * `policyDeadlineMs` is 503 with Retry-After: an outage must never read as a refusal, so answer `false`, and do not
   * throw, about a room that does not exist.
   */
  check(call: CheckCall<Resource>): CheckAnswer | Promise<CheckAnswer>;
}

/** Gives `check` the exact names of its placeholders, so that a misspelt one does not compile. Changes nothing. */
export function requestable<const Resource extends string>(entry: Requestable<Resource>): Requestable {
  // A list in a config holds entries of several resources, each of which is called with the names of its own.
  return entry as unknown as Requestable;
}
