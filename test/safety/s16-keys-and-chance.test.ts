import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSeal, type SealLabel } from '../../core/keys/seal.ts';
import {
  authRequest,
  jsonOf,
  KEY_NAME,
  KEY_SECRET,
  NOW_MS,
  SESSION_SECRET,
  sessionCookie,
  testEndpoint,
  testKey,
} from '../core/auth-request.ts';
import { earlyExitCompare, guessableNonce } from './naive/guessable-nonce.ts';
import { sealWithApiKey } from './naive/one-key-for-everything.ts';
import { flipped, RULES, rawMac, type SignedFields, signedText, startAbly } from './support.ts';

const LABELS: readonly SealLabel[] = ['session', 'guest', 'grant'];

afterEach(() => {
  vi.restoreAllMocks();
});

describe('S16 chance', () => {
  it('is none where Math.random makes it', () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.25);
    expect(guessableNonce()).toBe(guessableNonce());
  });

  it('is the system’s in ours: 100,000 nonces differ while Math.random stands still, and so do request ids', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.25);
    const { handle } = testEndpoint({ rules: RULES });
    const request = authRequest();
    const nonces = new Set<unknown>();
    const requestIds = new Set<unknown>();
    for (let round = 0; round < 100_000; round++) {
      const { body, headers } = await handle(request);
      nonces.add(/"nonce":"([\w-]{16,})"/.exec(body)?.[1]);
      requestIds.add(headers.find(([name]) => name === 'X-Request-Id')?.[1]);
    }
    expect(nonces.size).toBe(100_000);
    expect(requestIds.size).toBe(100_000);
  });

  it('is in 122 bits of a nonce or more', async () => {
    const { handle } = testEndpoint({ rules: RULES });
    let ones = 0n;
    let zeros = 0n;
    for (let round = 0; round < 1_000; round++) {
      const nonce = String(jsonOf(await handle(authRequest())).nonce);
      const hex = /^[0-9a-f-]{36}$/.test(nonce)
        ? nonce.replaceAll('-', '')
        : Buffer.from(nonce, 'base64url').toString('hex');
      ones |= BigInt(`0x${hex}`);
      zeros |= ~BigInt(`0x${hex}`);
    }
    const changing = (ones & zeros).toString(2);
    expect(changing.replaceAll('0', '').length).toBeGreaterThanOrEqual(122);
  });
});

describe('S16 one key for one purpose', () => {
  it('a session that the API key signs is a TokenRequest, when its owner writes one into their profile', async () => {
    const ably = await startAbly();
    const wanted = { keyName: KEY_NAME, clientId: '*', timestamp: NOW_MS, nonce: 'chosen-by-mallory' };
    const [payload = '', mac = ''] = sealWithApiKey(KEY_SECRET, signedText(wanted)).split('.');
    expect(Buffer.from(payload, 'base64').toString()).toBe(signedText(wanted));
    const { status, body } = await ably.redeem({ ...wanted, mac });
    expect(status).toBe(201);
    expect(body).toMatchObject({ clientId: '*', capability: '{"*":["*"]}' });
  });

  it('nothing that ours seals verifies under the secret itself, in either alphabet', () => {
    for (const secret of [SESSION_SECRET, KEY_SECRET]) {
      for (const label of LABELS) {
        const sealed = createSeal(label, [secret]).seal('{"sub":"bob"}');
        const end = sealed.lastIndexOf('.');
        const mac = sealed.slice(end + 1);
        const texts = [sealed.slice(0, end), '{"sub":"bob"}', sealed.split('.')[2] ?? ''];
        for (const text of texts) expect(rawMac(text, 'base64url', secret)).not.toBe(mac);
      }
    }
  });

  it('every purpose has its own key, and none is the secret', () => {
    const key = testKey();
    const derived = [...LABELS, 'log-subject'].map((label) => key.deriveSecret(label).export().toString('hex'));
    expect(new Set(derived).size).toBe(4);
    for (const bytes of derived) {
      expect(bytes).toHaveLength(64);
      expect(bytes).not.toContain(Buffer.from(KEY_SECRET).toString('hex'));
    }
    const ids = LABELS.map((label) => createSeal(label, [SESSION_SECRET]).seal('x').split('.')[1]);
    expect(new Set(ids).size).toBe(3);
  });

  it('what is sealed for one purpose opens for no other, even under its key id', () => {
    for (const label of LABELS) {
      const sealed = createSeal(label, [SESSION_SECRET]).seal('payload');
      expect(createSeal(label, [SESSION_SECRET]).open(sealed)).toBe('payload');
      for (const other of LABELS.filter((name) => name !== label)) {
        const seal = createSeal(other, [SESSION_SECRET]);
        const [, ownId = ''] = seal.seal('x').split('.');
        expect(seal.open(sealed)).toBeUndefined();
        expect(seal.open(sealed.replace(/^v1\.[^.]+/, `v1.${ownId}`))).toBeUndefined();
      }
    }
  });

  it('the secret itself signs exactly the two formats of Ably', async () => {
    const cookies = [sessionCookie()];
    const signed = jsonOf(
      await testEndpoint({ rules: RULES }).handle(authRequest({ cookies })),
    ) as unknown as SignedFields;
    expect(signed.mac).toBe(rawMac(signedText(signed)));
    const { body } = await testEndpoint({ rules: RULES, tokenFormat: 'jwt' }).handle(authRequest({ cookies }));
    const end = body.lastIndexOf('.');
    expect(body.slice(end + 1)).toBe(rawMac(body.slice(0, end), 'base64url'));
    expect(JSON.parse(Buffer.from(body.split('.')[0] ?? '', 'base64url').toString())).toEqual({
      alg: 'HS256',
      typ: 'JWT',
      kid: KEY_NAME,
    });
  });
});

describe('S16 comparison', () => {
  const seal = createSeal('session', [SESSION_SECRET]);
  const sealed = seal.seal('{"sub":"bob"}');
  const macAt = sealed.lastIndexOf('.') + 1;

  it('tells how far a guess was right, where it ends at the first difference', () => {
    const mac = sealed.slice(macAt);
    const stepsTo = (given: string) => {
      let steps = 0;
      earlyExitCompare(given, mac, () => {
        steps += 1;
      });
      return steps;
    };
    expect(stepsTo(flipped(mac, 20)) - stepsTo(flipped(mac, 0))).toBe(20);
  });

  it('answers alike wherever the difference is, and whatever its length', () => {
    for (let at = 0; at < sealed.length; at++) expect(seal.open(flipped(sealed, at))).toBeUndefined();
    for (let end = 0; end < sealed.length; end++) expect(seal.open(sealed.slice(0, end))).toBeUndefined();
    for (const more of ['A', '=', '.', ' ', '\n', '\u0000', '€']) {
      expect(seal.open(sealed + more)).toBeUndefined();
      expect(seal.open(more + sealed)).toBeUndefined();
    }
    // As many characters, more bytes: a comparison by bytes must not throw.
    expect(seal.open(`${sealed.slice(0, -1)}€`)).toBeUndefined();
  });

  it('parses nothing that does not verify', () => {
    const parse = vi.spyOn(JSON, 'parse');
    const decode = vi.spyOn(Buffer, 'from');
    const payload = sealed.split('.')[2];
    expect(seal.open(flipped(sealed, macAt))).toBeUndefined();
    expect(parse).not.toHaveBeenCalled();
    expect(decode.mock.calls.filter(([text]) => text === payload)).toEqual([]);
  });

  it('a seal without a secret seals nothing and opens nothing', () => {
    const empty = createSeal('session', []);
    expect(() => empty.seal('x')).toThrow(/No secret/);
    expect(empty.open(sealed)).toBeUndefined();
  });
});
