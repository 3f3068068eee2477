import { describe, expect, it } from 'vitest';
import type { Capability } from '../../../core/capability/capability.ts';
import { AuthFailure } from '../../../core/errors.ts';
import { ApiKey } from '../../../core/keys/api-key.ts';
import { issueCredential } from '../../../core/token/issue.ts';
import type { TokenFormat } from '../../../core/token/settled-params.ts';

const apiKey = new ApiKey('appid', 'keyid', 'secretsecretsecret');

function issue(format: TokenFormat, resources: number): number {
  const names = Array.from({ length: resources }, (_, index) => `room:${String(index).padStart(36, '0')}`);
  const capability: Capability = new Map(names.map((name) => [name, new Set(['subscribe'] as const)]));
  const params = { keyName: apiKey.name, ttlMs: 3_600_000, capability };
  return issueCredential(apiKey, format, params, 1_700_000_000_000).body.length;
}

function refusal(format: TokenFormat, resources: number): unknown {
  try {
    return issue(format, resources);
  } catch (error) {
    return error instanceof AuthFailure ? error.reason : error;
  }
}

describe('issueCredential', () => {
  it('refuses a JWT that no HTTP header would carry, and signs one that just fits', () => {
    expect(issue('jwt', 60)).toBeLessThanOrEqual(6_000);
    expect(refusal('jwt', 200)).toBe('credential-too-large');
  });

  it('has room for the same rights in a TokenRequest, up to what clients accept', () => {
    expect(issue('token-request', 200)).toBeGreaterThan(10_000);
    expect(refusal('token-request', 3_000)).toBe('credential-too-large');
  });
});
