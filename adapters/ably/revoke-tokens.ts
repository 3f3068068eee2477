/**
 * Revokes what one key has issued, in one HTTP request. Ably takes Basic authentication with that very key here and
 * nothing else (40133, 40162), so this is the one place where a key's secret leaves for the network: to Ably, over TLS
 * unless ABLY_TLS says otherwise.
 */
import type { ClientOptions } from 'ably';
import { AblyApiError, type RevocationAnswer, type RevocationOptions } from '../../core/ably.ts';
import type { ApiKey } from '../../core/keys/api-key.ts';
import type { Environment } from '../../core/settings.ts';
import { asAblyApiError } from './ably-failure.ts';
import { clientOptions, usableSettings } from './client-options.ts';

/** Somebody waits for it, but no client does. */
const CALL_TIMEOUT_MS = 4_000;

/** @throws AblyApiError */
export async function revokeTokens(
  env: Environment,
  apiKey: ApiKey,
  targets: readonly string[],
  { issuedBeforeMs, allowReauthMargin }: RevocationOptions,
): Promise<readonly RevocationAnswer[]> {
  usableSettings(env);
  const { Rest } = await import('./ably-sdk.ts');
  const options: ClientOptions = {
    ...clientOptions(env),
    key: apiKey.credentialsForAbly(),
    httpRequestTimeout: CALL_TIMEOUT_MS,
    httpMaxRetryCount: 0,
    logLevel: 0,
  };
  const specifiers = targets.map((target) => {
    const colon = target.indexOf(':');
    return { type: target.slice(0, colon), value: target.slice(colon + 1) };
  });
  const given = await new Rest(options).auth
    .revokeTokens(specifiers, {
      ...(issuedBeforeMs !== undefined && { issuedBefore: issuedBeforeMs }),
      ...(allowReauthMargin !== undefined && { allowReauthMargin }),
    })
    .catch((error: unknown) => {
      throw asAblyApiError(error);
    });
  if (!Array.isArray(given?.results) || given.results.length !== targets.length) {
    throw new AblyApiError('unreachable', 'The answer to revokeTokens is not a batch result.');
  }
  return given.results.map((result) =>
    'error' in result
      ? { ok: false, code: result.error?.code, statusCode: result.error?.statusCode }
      : { ok: true, issuedBeforeMs: result.issuedBefore, appliesAtMs: result.appliesAt },
  );
}
