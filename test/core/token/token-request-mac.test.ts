import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { tokenRequestMac } from '../../../core/token/token-request-mac.ts';
import { KEY_NAME, KEY_SECRET, NOW_MS, testKey } from '../auth-request.ts';

const REQUIRED = { keyName: KEY_NAME, timestamp: NOW_MS, nonce: 'abcdefghijklmnop' };

describe('tokenRequestMac', () => {
  it('ends every line with a line break, the last one and the empty ones too', () => {
    expect(tokenRequestMac(testKey(), REQUIRED)).toBe(hmac(`${KEY_NAME}\n\n\n\n${NOW_MS}\nabcdefghijklmnop\n`));
  });

  it('signs the values as they are, in the order of RSA9', () => {
    const fields = { ...REQUIRED, nonce: 'n', clientId: 'c "é" 😀', capability: '{"a": []}', ttl: 60_000 };
    expect(tokenRequestMac(testKey(), fields)).toBe(hmac(`${KEY_NAME}\n60000\n{"a": []}\nc "é" 😀\n${NOW_MS}\nn\n`));
  });

  it('is another one when any field is', () => {
    const changes = [{}, { ttl: 1 }, { capability: '1' }, { clientId: '1' }, { timestamp: 1 }, { nonce: '1' }];
    expect(new Set(changes.map((change) => tokenRequestMac(testKey(), { ...REQUIRED, ...change }))).size).toBe(6);
  });
});

function hmac(text: string): string {
  return createHmac('sha256', KEY_SECRET).update(text).digest('base64');
}
