/**
 * Verifies tokens under a shared secret. Loaded with the first token, not with the config.
 */
import type { TokenRules } from './token-rules.ts';
import { createTokenVerifier, type VerifyToken } from './verify-token.ts';

/** @param secrets the current one, then the one before it, which verifies what was signed before a rotation */
export function createSecretVerifier(rules: TokenRules, source: string, secrets: readonly Uint8Array[]): VerifyToken {
  // A `kid` says nothing here: both are tried, and there are two at most.
  return createTokenVerifier(rules, source, async () => ({ kind: 'keys', keys: secrets }));
}
