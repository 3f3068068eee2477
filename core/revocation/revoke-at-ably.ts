/**
 * Revokes at Ably, with every key that may have issued what is to be revoked: Ably lets each key revoke only its own
 * tokens, and after a rotation the ones of the key before are alive for as long as they live.
 *
 * Decides how many targets go into one call, and what an answer means. A key that Ably no longer knows has no tokens
 * that are worth anything, so its refusal is no failure.
 */
import { type AblyApi, AblyApiError, type RevocationOptions } from '../ably.ts';
import type { ApiKey } from '../keys/api-key.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { KeySourceError } from '../keys/key-source.ts';
import { MAX_REVOCATION_TARGETS } from '../limits.ts';

/** What one key did about one target. Times in milliseconds since the epoch, by Ably's clock. */
export type KeyResult =
  | { readonly keyName: string; readonly issuedBeforeMs: number; readonly appliesAtMs: number }
  | {
      /** `undefined`: the key could not be read. */
      readonly keyName: string | undefined;
      readonly error: { readonly code?: number; readonly statusCode?: number; readonly message: string };
    };

/** Unknown, revoked, expired (ably-common, `protocol/errors.json`). */
const KEY_IS_GONE: ReadonlySet<number | undefined> = new Set([40400, 40131, 40132]);

const MESSAGES: ReadonlyMap<number | undefined, string> = new Map([
  [40121, 'Ably has not enabled revoking by channel for this app.'],
  [40133, 'Ably lets only the key that issued a token revoke it.'],
  [40163, 'Revocable tokens are off for this key: turn them on in the Ably dashboard.'],
  [40164, 'Revocable tokens are off for this key: turn them on in the Ably dashboard.'],
  [40003, 'Ably takes an issuedBefore of the last hour only.'],
]);

/**
 * @param targets `type:value` each, any number
 * @returns for each target what every key did; none for a key that is gone. Never rejects for Ably's sake
 * @throws KeySourceError when the current key is not to be had: nothing was revoked then
 */
export async function revokeAtAbly(
  ably: AblyApi,
  keys: KeyRing,
  targets: readonly string[],
  options: RevocationOptions,
): Promise<ReadonlyMap<string, readonly KeyResult[]>> {
  const results = new Map<string, KeyResult[]>(targets.map((target) => [target, []]));
  const wanted = [...results.keys()];
  if (wanted.length === 0) return results;
  const { current, previous } = await issuersIn(keys);
  const issuers = previous && !(previous instanceof KeySourceError) ? [current, previous] : [current];
  const calls = issuers.flatMap((apiKey) => batchesOf(wanted).map((batch) => ({ apiKey, batch })));
  await Promise.all(
    calls.map(async ({ apiKey, batch }) => {
      const answers = await callAbly(ably, apiKey, batch, options);
      for (const [index, answer] of answers.entries()) {
        const isGone = apiKey !== current && 'error' in answer && KEY_IS_GONE.has(answer.error.code);
        if (!isGone) results.get(batch[index] ?? '')?.push(answer);
      }
    }),
  );
  if (previous instanceof KeySourceError) {
    const error = { message: `The previous key could not be read: ${previous.failure}.` };
    for (const of of results.values()) of.push({ keyName: undefined, error });
  }
  return results;
}

/**
 * Both keys as their store has them now, since another instance may know already that they were replaced: a name that is
 * nobody's makes the ring look. During an outage of the store, the ones that are cached.
 */
async function issuersIn(
  keys: KeyRing,
): Promise<{ readonly current: ApiKey; readonly previous: ApiKey | KeySourceError | undefined }> {
  await keys.byName('').catch(() => undefined);
  const current = await keys.current();
  const previous = await keys.previous().catch((error: unknown) => {
    if (error instanceof KeySourceError) return error;
    throw error;
  });
  return { current, previous };
}

async function callAbly(
  ably: AblyApi,
  apiKey: ApiKey,
  batch: readonly string[],
  options: RevocationOptions,
): Promise<readonly KeyResult[]> {
  const keyName = apiKey.name;
  try {
    const answers = await ably.revokeTokens(apiKey, batch, options);
    return answers.map((answer) =>
      answer.ok
        ? { keyName, issuedBeforeMs: answer.issuedBeforeMs, appliesAtMs: answer.appliesAtMs }
        : { keyName, error: describe(answer) },
    );
  } catch (error) {
    if (!(error instanceof AblyApiError)) throw error;
    return batch.map(() => ({ keyName, error: describe(error) }));
  }
}

function describe({
  code,
  statusCode,
}: {
  readonly code?: number | undefined;
  readonly statusCode?: number | undefined;
}) {
  const message = MESSAGES.get(code) ?? (code === undefined ? 'Ably could not be reached.' : 'Ably refused.');
  return { ...(code !== undefined && { code }), ...(statusCode !== undefined && { statusCode }), message };
}

function batchesOf(targets: readonly string[]): readonly (readonly string[])[] {
  const batches: string[][] = [];
  for (let at = 0; at < targets.length; at += MAX_REVOCATION_TARGETS) {
    batches.push(targets.slice(at, at + MAX_REVOCATION_TARGETS));
  }
  return batches;
}
