import { createHmac } from 'node:crypto';
import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ApiKey } from '../../../core/keys/api-key.ts';
import { parseApiKey } from '../../../core/keys/parse-api-key.ts';
import { sourceFiles } from '../../house/source-files.ts';

const SECRET = 'secretsecretsecret';

describe('parseApiKey', () => {
  it.each(['appid.keyid:secretsecretsecret', 'A-b_9.Z_0-1:x', 'a.b:-_-_+/+/=='])('reads %j', (text) => {
    const parsed = parseApiKey(text);
    expect(parsed.ok && [parsed.apiKey.appId, parsed.apiKey.name]).toEqual([
      text.slice(0, text.indexOf('.')),
      text.slice(0, text.indexOf(':')),
    ]);
  });

  it.each([
    ['', 'it is empty'],
    ['appid.keyid:never-shown\n', 'it begins or ends with white space or a line break'],
    [' appid.keyid:never-shown', 'it begins or ends with white space or a line break'],
    ['"appid.keyid:never-shown"', 'it is wrapped in quotation marks'],
    ["'appid.keyid:never-shown'", 'it is wrapped in quotation marks'],
    ['{"key":"appid.keyid:never-shown"}', 'it is JSON, not the key itself'],
    ['never-shown', 'it has no ":"; the whole key is appId.keyId:secret, not only its name or its secret'],
    ['appid.keyid', 'it has no ":"; the whole key is appId.keyId:secret, not only its name or its secret'],
    ['appid:never-shown', 'the part before ":" has no "."; the whole key is appId.keyId:secret'],
    ['appid.keyid:', 'it is not of the form appId.keyId:secret'],
    ['appid.:never-shown', 'it is not of the form appId.keyId:secret'],
    ['.keyid:never-shown', 'it is not of the form appId.keyId:secret'],
    ['a.b.c:never-shown', 'it is not of the form appId.keyId:secret'],
    ['appid.keyid:never:shown', 'it is not of the form appId.keyId:secret'],
    ['appid.keyid:never.shown', 'it is not of the form appId.keyId:secret'],
    ['appid.keyid:never shown', 'it is not of the form appId.keyId:secret'],
    ['app\nid.keyid:never-shown', 'it is not of the form appId.keyId:secret'],
    ['appíd.keyid:never-shown', 'it is not of the form appId.keyId:secret'],
  ])('refuses %j and says why without any of it', (text, problem) => {
    expect(parseApiKey(text)).toEqual({ ok: false, problem });
    expect(problem).not.toMatch(/never|shown|keyid/);
  });
});

describe('ApiKey', () => {
  const apiKey = new ApiKey('appid', 'keyid', SECRET);

  it('S10: shows its name however it is printed, and its secret never', () => {
    const wrapped = { apiKey, list: [apiKey], map: new Map([[apiKey, apiKey]]) };
    const prints = [
      ...[`${apiKey}`, String(apiKey), JSON.stringify(wrapped), inspect(apiKey), inspect(wrapped, { depth: 9 })],
      ...[
        inspect(apiKey, { showHidden: true, customInspect: false }),
        format('%s %o %O %j', apiKey, apiKey, apiKey, apiKey),
      ],
      ...[new Error('failed', { cause: apiKey }), structuredClone(apiKey)].map((value) => inspect(value, { depth: 9 })),
    ];
    for (const print of prints) {
      expect(print).not.toContain(SECRET);
      expect(print).not.toContain(Buffer.from(SECRET).toString('base64url'));
    }
    expect([`${apiKey}`, JSON.stringify(apiKey), inspect(apiKey)]).toEqual([
      'appid.keyid',
      '"appid.keyid"',
      'ApiKey(appid.keyid)',
    ]);
  });

  it('signs with the raw characters of its secret, although they look like base64url (RSA9g)', () => {
    const expected = createHmac('sha256', SECRET).update('text é 😀', 'utf8');
    expect(apiKey.hmacSha256('text é 😀', 'base64')).toBe(expected.digest('base64'));
  });

  it('S10: gives the whole of it to the driver that revokes, and nobody else asks', () => {
    expect(apiKey.credentialsForAbly()).toBe(`appid.keyid:${SECRET}`);
    const asking = sourceFiles().filter(({ text }) => text.includes('credentialsForAbly('));
    expect(asking.map(({ path }) => path).sort()).toEqual(['adapters/ably/revoke-tokens.ts', 'core/keys/api-key.ts']);
  });

  it('S16: derives another key for each purpose, none of them its secret', () => {
    const bytes = (label: string) => apiKey.deriveSecret(label).export().toString('hex');
    expect(bytes('log-subject')).toBe(bytes('log-subject'));
    expect(bytes('log-subject')).toHaveLength(64);
    expect(new Set(['log-subject', 'session', 'grant', ''].map(bytes)).size).toBe(4);
    expect(bytes('grant')).not.toContain(Buffer.from(SECRET).toString('hex'));
  });

  it('derives other keys from another secret', () => {
    const other = new ApiKey('appid', 'keyid', 'anothersecret');
    expect(other.deriveSecret('grant').equals(apiKey.deriveSecret('grant'))).toBe(false);
  });
});
