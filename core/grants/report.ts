/**
 * What the event of a request says of asking for more: counts, and entries of `requestable` by their names as the config
 * has them. Never the name of a resource, which may be that of a person or a case (S10).
 */
export interface GrantsReport {
  /** Resources that the client asked for. */
  readonly asked: number;
  /** Of these, those that it did not get. */
  readonly refused: number;
  /** Grants that were approved before and still count, unasked. */
  readonly remembered: number;
  /** Entry to how many resources its check approved now, new or again. */
  readonly approved: Readonly<Record<string, number>>;
  /** Entry to how many its check refused now. */
  readonly checkRefused: Readonly<Record<string, number>>;
  /** What was remembered and counts no longer: no entry is about it any more, or its check said no when asked again. */
  readonly lost: number;
  /** Remembered or approved, and left out because the credential or the signed grant had no room for it. */
  readonly dropped?: { readonly fromCredential: number; readonly fromMemory: number };
  /** Entries whose check answered with something that is no answer: it gave nothing. */
  readonly unfit?: readonly string[];
  /** A signed grant came and did not count. */
  readonly discarded?: 'not sealed by us' | 'of another caller, session or key';
}
