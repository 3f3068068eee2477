/**
 * The JWT library, loaded by the first token and never by importing this project: whoever has no tokens to verify does
 * not read it at a cold start. Why this library: docs/decisions/0011-jwt-verifier.md. Its two smallest parts are used:
 * what surrounds them there (key sets, claims) is decided in this folder.
 */

import type * as CompactVerify from 'jose/jws/compact/verify';
import type * as ImportKey from 'jose/key/import';

export interface JwtLibrary {
  readonly compactVerify: typeof CompactVerify.compactVerify;
  readonly importJWK: typeof ImportKey.importJWK;
}

let loaded: JwtLibrary | undefined;

/** Only a success is kept: after a failed import the next token tries again. */
export async function loadJwtLibrary(): Promise<JwtLibrary> {
  if (loaded === undefined) {
    const [{ compactVerify }, { importJWK }] = await Promise.all([
      import('jose/jws/compact/verify'),
      import('jose/key/import'),
    ]);
    loaded = { compactVerify, importJWK };
  }
  return loaded;
}
