import { describe, expect, it } from 'vitest';
import { issueCredential } from '../../../core/token/issue.ts';
import { signAblyJwt } from '../../../core/token/sign-ably-jwt.ts';
import { KEY_NAME, NOW_MS, testKey } from '../auth-request.ts';
import { capabilityOf } from '../capability/samples.ts';

const PARAMS = { keyName: KEY_NAME, ttlMs: 60_000, capability: capabilityOf({ a: ['publish'] }), clientId: 'bob' };

describe('issueCredential', () => {
  it('gives a TokenRequest as JSON without an envelope', () => {
    const { format, mediaType, body } = issueCredential(testKey(), 'token-request', PARAMS, NOW_MS);
    expect([format, mediaType]).toEqual(['token-request', 'application/json']);
    const tokenRequest = JSON.parse(body);
    expect(body).toBe(JSON.stringify(tokenRequest));
    expect(tokenRequest).toMatchObject({ keyName: KEY_NAME, ttl: 60_000, clientId: 'bob', timestamp: NOW_MS });
    // What clients take for something else (RSA8c, TD1): a token, a wrapper.
    for (const name of ['token', 'issued', 'expires', 'response', 'error'])
      expect(tokenRequest).not.toHaveProperty(name);
  });

  it('gives a JWT as bare text without a line break', () => {
    expect(issueCredential(testKey(), 'jwt', PARAMS, NOW_MS)).toEqual({
      format: 'jwt',
      mediaType: 'application/jwt',
      body: signAblyJwt(testKey(), PARAMS, NOW_MS),
    });
  });
});
