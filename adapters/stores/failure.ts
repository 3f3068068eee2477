/**
 * What the failure of a store's client becomes: a StoreError whose message is ours.
 *
 * Of the client's own error only a name or code is repeated, and it never becomes a `cause`: its text may quote a key,
 * a value or an address with a password, and hidden fields of it hold the whole exchange (S10).
 */
import { StoreError } from '../../core/stores.ts';

/** @param hints by the name of an error, what an operator does first; a full sentence each */
export function asStoreError(store: string, error: unknown, hints: Readonly<Record<string, string>> = {}): StoreError {
  if (error instanceof StoreError) return error;
  const name = nameOf(error);
  const hint = Object.hasOwn(hints, name ?? '') ? ` ${hints[name ?? '']}` : '';
  return new StoreError(store, `${name ? `could not be used (${name}).` : 'did not answer in time.'}${hint}`);
}

const LOOKS_LIKE_A_NAME =
  /^(?:E[A-Z]{3,20}|ERR_[A-Z_]{3,40}|CERT_[A-Z_]{3,40}|[A-Z][A-Za-z]{0,60}(?:Error|Exception|Failure|Fault)|[A-Z]{3,20})$/;

/** Names come over the wire as well, so only what looks like the name of an error is repeated. */
function nameOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, name, message, cause } = error as Record<string, unknown>;
  // Redis says what is wrong in the first word of a reply: NOAUTH, READONLY, OOM.
  const candidates = [code, name === 'ReplyError' ? String(message).split(' ', 1)[0] : undefined, name];
  // What `fetch` throws is a TypeError, around the reason.
  return (
    nameOf(cause) ?? candidates.find((text): text is string => typeof text === 'string' && LOOKS_LIKE_A_NAME.test(text))
  );
}
