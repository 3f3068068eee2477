/**
 * What the SDK throws, as the two failures that core knows. No message is passed on: Ably's may name a clientId, and of
 * an answer that it could not read the SDK quotes the body (S10).
 */
import { AblyApiError } from '../../core/ably.ts';

/** The SDK's own code for an answer that it could not read; its status is then made up. */
const UNREADABLE_ANSWER = 40170;

export function asAblyApiError(thrown: unknown): AblyApiError {
  const { code, statusCode }: { readonly code?: unknown; readonly statusCode?: unknown } =
    typeof thrown === 'object' && thrown !== null ? thrown : {};
  if (typeof code === 'number' && typeof statusCode === 'number' && code !== UNREADABLE_ANSWER) {
    const failure = statusCode >= 500 ? 'unreachable' : 'refused';
    return new AblyApiError(failure, `Ably answered ${statusCode} / ${code}.`, { code, statusCode });
  }
  // A code of the system's: ECONNREFUSED, ETIMEDOUT.
  return new AblyApiError(
    'unreachable',
    `Ably could not be reached (${typeof code === 'string' ? code : 'no answer'}).`,
  );
}
