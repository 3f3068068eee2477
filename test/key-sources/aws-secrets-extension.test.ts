import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createSecretsExtensionKeySource,
  type SecretsExtensionOptions,
} from '../../adapters/key-sources/aws-secrets-extension.ts';
import { LocalAws } from './local-aws.ts';
import { LocalExtension, SESSION_TOKEN } from './local-extension.ts';

const SECRET = 'secretsAreNeverPrinted';
const OLD = `app.old:${SECRET}`;
const NEW = `app.new:${SECRET}`;

const aws = new LocalAws();
const extension = new LocalExtension(aws);

beforeAll(() => extension.start());
beforeEach(() => {
  extension.calls.length = 0;
  extension.mood = 'well';
  extension.misses = 0;
});
afterAll(() => extension.stop());

const sourceOf = (from: SecretsExtensionOptions['from'], more: Partial<SecretsExtensionOptions> = {}) =>
  createSecretsExtensionKeySource({ from, port: extension.port, sessionToken: () => SESSION_TOKEN, ...more });

describe('createSecretsExtensionKeySource, of a secret', () => {
  it('reads it with one call, its name encoded, and nothing before it is asked', async () => {
    aws.putSecret('ably/key&refreshNow=false', OLD);
    const source = sourceOf({ secretId: 'ably/key&refreshNow=false' });
    expect(extension.calls).toEqual([]);
    expect(String(await source.loadCurrent())).toBe('app.old');
    expect(extension.calls).toEqual([
      '/secretsmanager/get?secretId=ably%2Fkey%26refreshNow%3Dfalse&versionStage=AWSCURRENT&refreshNow=true',
    ]);
  });

  it('passes by its cache: how long a key is used is decided in one place', async () => {
    aws.putSecret('rotating', OLD);
    const source = sourceOf({ secretId: 'rotating' });
    await source.loadCurrent();
    aws.putSecret('rotating', NEW);
    expect(String(await source.loadCurrent())).toBe('app.new');
    expect(String(await source.loadPrevious())).toBe('app.old');
    expect(extension.misses).toBe(3);
  });

  it('has no previous key when the secret never changed', async () => {
    aws.putSecret('never', OLD);
    expect(await sourceOf({ secretId: 'never' }).loadPrevious()).toBeUndefined();
  });

  it('asks once more when it is not ready, and when a release does not know refreshNow', async () => {
    aws.putSecret('plain', OLD);
    extension.mood = 'not-ready';
    expect(String(await sourceOf({ secretId: 'plain' }).loadCurrent())).toBe('app.old');
    extension.mood = 'old';
    expect(String(await sourceOf({ secretId: 'plain' }).loadCurrent())).toBe('app.old');
    expect(extension.calls).toHaveLength(4);
  });

  it('asks through the HTTP client of Node what comes in another form than expected', async () => {
    aws.putSecret('plain', OLD);
    extension.mood = 'chunked';
    expect(String(await sourceOf({ secretId: 'plain' }).loadCurrent())).toBe('app.old');
    expect(extension.calls).toHaveLength(2);
    expect(extension.calls[1]).toBe(extension.calls[0]);
  });

  it('sends the session token as it is at the time of the load', async () => {
    aws.putSecret('plain', OLD);
    let token: string | undefined;
    const source = sourceOf({ secretId: 'plain' }, { sessionToken: () => token });
    await expect(source.loadCurrent()).rejects.toMatchObject({ failure: 'not-allowed' });
    token = SESSION_TOKEN;
    expect(String(await source.loadCurrent())).toBe('app.old');
  });

  it('calls a binary secret and a text that is no key malformed', async () => {
    aws.putSecret('binary', { SecretBinary: 'AAEC' });
    aws.putSecret('malformed', SECRET);
    for (const secretId of ['binary', 'malformed']) {
      const loading = sourceOf({ secretId }).loadCurrent();
      await expect(loading).rejects.toMatchObject({ failure: 'malformed', setting: 'ABLY_API_KEY_SECRET_ID' });
      await expect(loading).rejects.not.toThrow(SECRET);
    }
  });

  it.each(['well', 'wordy'] as const)('knows what AWS said when it passes an error on (%s)', async (mood) => {
    extension.mood = mood;
    aws.putSecret('going', OLD);
    aws.deleteSecret('going');
    await expect(sourceOf({ secretId: 'nowhere' }).loadCurrent()).rejects.toMatchObject({
      failure: 'not-found',
      message: 'Secrets Manager has no secret of the name in ABLY_API_KEY_SECRET_ID.',
    });
    await expect(sourceOf({ secretId: 'going' }).loadCurrent()).rejects.toMatchObject({
      failure: 'not-found',
      message: 'The secret that ABLY_API_KEY_SECRET_ID names is marked for deletion.',
    });
  });

  it.each(['hang', 'hang-in-body'] as const)('gives up an answer that ends in %s', async (mood) => {
    aws.putSecret('plain', OLD);
    extension.mood = mood;
    await expect(sourceOf({ secretId: 'plain' }, { timeoutMs: 50 }).loadCurrent()).rejects.toMatchObject({
      failure: 'unreachable',
      message: 'The Parameters and Secrets extension did not answer in time.',
    });
  });

  it('calls nonsense and a closed port unreachable', async () => {
    aws.putSecret('plain', OLD);
    extension.mood = 'not-json';
    const loading = sourceOf({ secretId: 'plain' }).loadCurrent();
    await expect(loading).rejects.toMatchObject({ failure: 'unreachable' });
    await expect(loading).rejects.toThrow('did not answer with JSON');
    await expect(sourceOf({ secretId: 'plain' }, { port: 1 }).loadCurrent()).rejects.toMatchObject({
      failure: 'unreachable',
      message: 'The Parameters and Secrets extension could not be reached.',
    });
  });
});

describe('createSecretsExtensionKeySource, of a parameter', () => {
  it('reads it decrypted', async () => {
    aws.putParameter('/ably/plain', OLD);
    expect(String(await sourceOf({ parameter: '/ably/plain' }).loadCurrent())).toBe('app.old');
    expect(extension.calls).toEqual(['/systemsmanager/parameters/get?name=%2Fably%2Fplain&withDecryption=true']);
  });

  it('reads the version before the latest as the previous key', async () => {
    aws.putParameter('/ably/rotated', OLD);
    aws.putParameter('/ably/rotated', NEW);
    expect(String(await sourceOf({ parameter: '/ably/rotated' }).loadPrevious())).toBe('app.old');
  });

  it('has no previous key when there is one version, or when the version is pinned', async () => {
    aws.putParameter('/ably/once', OLD);
    expect(await sourceOf({ parameter: '/ably/once' }).loadPrevious()).toBeUndefined();
    expect(await sourceOf({ parameter: '/ably/rotated:2' }).loadPrevious()).toBeUndefined();
  });

  it('says that it is not there', async () => {
    await expect(sourceOf({ parameter: '/ably/nowhere' }).loadCurrent()).rejects.toMatchObject({
      failure: 'not-found',
      setting: 'ABLY_API_KEY_PARAMETER',
    });
    await expect(sourceOf({ parameter: '/ably/nowhere' }).loadPrevious()).rejects.toMatchObject({
      failure: 'not-found',
    });
  });
});
