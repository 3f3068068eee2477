/** The key ring over the real AWS client over HTTP: what requests see while the key or the store changes (S12). */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSecretsExtensionKeySource } from '../../adapters/key-sources/aws-secrets-extension.ts';
import { createSecretsManagerKeySource } from '../../adapters/key-sources/aws-secrets-manager.ts';
import type { KeyEvent } from '../../core/keys/cached-key.ts';
import { createKeyRing } from '../../core/keys/key-ring.ts';
import type { KeySource } from '../../core/keys/key-source.ts';
import { CREDENTIALS, LocalAws, REGION } from './local-aws.ts';
import { LocalExtension, SESSION_TOKEN } from './local-extension.ts';

const OLD = 'app.old:aSecret';
const NEW = 'app.new:aSecret';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const aws = new LocalAws();
const extension = new LocalExtension(aws);

beforeAll(async () => {
  await aws.start();
  await extension.start();
});
beforeEach(() => {
  aws.calls.length = 0;
  extension.calls.length = 0;
  aws.mood = { kind: 'well' };
});
afterAll(async () => {
  await aws.stop();
  await extension.stop();
});

const throughSdk = (secretId: string): KeySource =>
  createSecretsManagerKeySource({
    secretId,
    clientOptions: { endpoint: aws.url, region: REGION, credentials: CREDENTIALS, maxAttempts: 1 },
  });
const throughExtension = (secretId: string): KeySource =>
  createSecretsExtensionKeySource({ from: { secretId }, port: extension.port, sessionToken: () => SESSION_TOKEN });

function setUp(source: KeySource) {
  const clock = { nowMs: 1_800_000_000_000 };
  const events: KeyEvent[] = [];
  const ring = createKeyRing(source, { nowMs: () => clock.nowMs, onKeyEvent: (event) => events.push(event) });
  return { clock, events, ring };
}

const calls = (): number => aws.calls.length + extension.calls.length;

describe.each([
  ['aws-secrets-manager', throughSdk],
  ['aws-secrets-extension', throughExtension],
])('a key ring over %s (S12)', (name, sourceOf) => {
  it('causes one call for a thousand concurrent first requests, and one more for the previous key', async () => {
    aws.putSecret(`${name} herd`, OLD);
    aws.putSecret(`${name} herd`, NEW);
    const { ring } = setUp(sourceOf(`${name} herd`));
    const signing = await Promise.all(Array.from({ length: 1000 }, () => ring.current()));
    expect([new Set(signing.map(String)), calls()]).toEqual([new Set(['app.new']), 1]);
    const verifying = await Promise.all(Array.from({ length: 1000 }, () => ring.byName('app.old')));
    expect([new Set(verifying.map(String)), calls()]).toEqual([new Set(['app.old']), 2]);
  });

  it('follows a rotation while requests run: none fails, and the new key signs within five minutes', async () => {
    aws.putSecret(`${name} rotating`, OLD);
    const { clock, ring } = setUp(sourceOf(`${name} rotating`));
    const signedBy: string[] = [];
    // One request every ten seconds, five at a time; rotated after seven minutes.
    for (let second = 0; second <= 15 * 60; second += 10) {
      if (second === 7 * 60) aws.putSecret(`${name} rotating`, NEW);
      const keys = await Promise.all(Array.from({ length: 5 }, () => ring.current()));
      signedBy.push(...new Set(keys.map(String)));
      // What the old key signed still verifies.
      expect(String(await ring.byName('app.old'))).toBe('app.old');
      clock.nowMs += 10_000;
    }
    const changedAtSecond = signedBy.indexOf('app.new') * 10;
    expect(changedAtSecond).toBeGreaterThanOrEqual(7 * 60);
    expect(changedAtSecond).toBeLessThanOrEqual(12 * 60);
    expect(signedBy.slice(changedAtSecond / 10)).not.toContain('app.old');
  });

  it('knows a key that another instance has already, without waiting for the five minutes', async () => {
    aws.putSecret(`${name} ahead`, OLD);
    const { clock, ring } = setUp(sourceOf(`${name} ahead`));
    await ring.current();
    aws.putSecret(`${name} ahead`, NEW);
    clock.nowMs += MINUTE;
    expect(String(await ring.byName('app.new'))).toBe('app.new');
    expect(await ring.byName('app.unknown')).toBeUndefined();
  });
});

describe('a key ring over aws-secrets-manager, in an outage (S12)', () => {
  it.each([
    ['no answer worth the name', { kind: 'reset' }, 'unreachable'],
    ['a permission that is gone', { kind: 'error', type: 'AccessDeniedException' }, 'not-allowed'],
    ['a secret that is gone', { kind: 'error', type: 'ResourceNotFoundException' }, 'not-found'],
  ] as const)('of %s serves until the stale bound, then fails, then recovers', async (_, mood, failure) => {
    aws.putSecret('outage', OLD);
    const { clock, events, ring } = setUp(throughSdk('outage'));
    await ring.current();
    const start = clock.nowMs;
    aws.mood = mood;
    while (clock.nowMs < start + 24 * HOUR - MINUTE) {
      clock.nowMs += MINUTE * 30 - 1_000;
      expect(String(await ring.current())).toBe('app.old');
    }
    expect(events.at(-1)).toMatchObject({ kind: 'refresh-failed', keyName: 'app.old', error: { failure } });
    clock.nowMs = start + 24 * HOUR;
    await expect(ring.current()).rejects.toMatchObject({ failure, setting: 'ABLY_API_KEY_SECRET_ID' });
    await expect(ring.byName('app.old')).rejects.toMatchObject({ failure });
    aws.mood = { kind: 'well' };
    clock.nowMs += 5_000;
    expect(String(await ring.current())).toBe('app.old');
  });

  it('asks no more than once in five seconds, however many requests come', async () => {
    aws.mood = { kind: 'reset' };
    const { clock, ring } = setUp(throughSdk('outage'));
    for (let tenth = 0; tenth < 100; tenth += 1) {
      await expect(ring.current()).rejects.toMatchObject({ failure: 'unreachable' });
      clock.nowMs += 100;
    }
    expect(calls()).toBe(2);
  });

  it('never says that a key is unknown when the store is out', async () => {
    aws.putSecret('unknown', OLD);
    const { clock, ring } = setUp(throughSdk('unknown'));
    expect(await ring.byName('app.other')).toBeUndefined();
    aws.mood = { kind: 'reset' };
    clock.nowMs += MINUTE;
    await expect(ring.byName('app.other')).rejects.toMatchObject({ failure: 'unreachable' });
    expect(String(await ring.byName('app.old'))).toBe('app.old');
  });
});
