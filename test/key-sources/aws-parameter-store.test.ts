import * as realSdk from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createParameterStoreKeySource } from '../../adapters/key-sources/aws-parameter-store.ts';
import { isPinned } from '../../adapters/key-sources/parameter-version.ts';
import { CREDENTIALS, LocalAws, REGION } from './local-aws.ts';

const SECRET = 'secretsAreNeverPrinted';
const OLD = `app.old:${SECRET}`;
const NEW = `app.new:${SECRET}`;

const aws = new LocalAws();
let clientOptions: realSdk.SSMClientConfig;

beforeAll(async () => {
  await aws.start();
  clientOptions = { endpoint: aws.url, region: REGION, credentials: CREDENTIALS };
});
beforeEach(() => {
  aws.calls.length = 0;
  aws.mood = { kind: 'well' };
});
afterEach(() => {
  vi.unstubAllEnvs();
});
afterAll(() => aws.stop());

const sourceOf = (parameter: string, field?: string) =>
  createParameterStoreKeySource({ parameter, field, clientOptions });

describe('createParameterStoreKeySource', () => {
  it('reads the latest version, decrypted, with one signed call, and nothing before it is asked', async () => {
    aws.putParameter('/ably/plain', OLD);
    const source = sourceOf('/ably/plain');
    expect(aws.calls).toEqual([]);
    expect(String(await source.loadCurrent())).toBe('app.old');
    expect(aws.calls).toEqual([
      { operation: 'AmazonSSM.GetParameter', input: { Name: '/ably/plain', WithDecryption: true } },
    ]);
  });

  it('takes region, credentials and endpoint from the environment, as on Lambda', async () => {
    aws.putParameter('/ably/env', OLD);
    vi.stubEnv('AWS_ENDPOINT_URL_SSM', aws.url);
    vi.stubEnv('AWS_REGION', REGION);
    vi.stubEnv('AWS_ACCESS_KEY_ID', CREDENTIALS.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', CREDENTIALS.secretAccessKey);
    expect(String(await createParameterStoreKeySource({ parameter: '/ably/env' }).loadCurrent())).toBe('app.old');
  });

  it('reads the version before the latest as the previous key', async () => {
    aws.putParameter('/ably/rotated', 'app.oldest:abc');
    aws.putParameter('/ably/rotated', OLD);
    aws.putParameter('/ably/rotated', NEW);
    const source = sourceOf('/ably/rotated');
    expect(String(await source.loadPrevious())).toBe('app.old');
    expect(String(await source.loadCurrent())).toBe('app.new');
  });

  it('has no previous key when there is one version, when it was a placeholder, or when it is gone', async () => {
    aws.putParameter('/ably/once', OLD);
    aws.putParameter('/ably/placeholder', 'to be filled in');
    aws.putParameter('/ably/placeholder', OLD);
    expect(await sourceOf('/ably/once').loadPrevious()).toBeUndefined();
    expect(await sourceOf('/ably/placeholder').loadPrevious()).toBeUndefined();
    aws.mood = { kind: 'error', type: 'ParameterVersionNotFound' };
    expect(await sourceOf('/ably/placeholder').loadPrevious()).toBeUndefined();
  });

  it('reads a pinned version, and says honestly that it knows none before it', async () => {
    aws.putParameter('/ably/pinned', OLD);
    aws.putParameter('/ably/pinned', NEW);
    const source = sourceOf('/ably/pinned:1');
    expect(String(await source.loadCurrent())).toBe('app.old');
    aws.calls.length = 0;
    expect(await source.loadPrevious()).toBeUndefined();
    expect(aws.calls).toEqual([]);
  });

  it('reads a field of a JSON parameter', async () => {
    aws.putParameter('/ably/json', JSON.stringify({ live: NEW }));
    expect(String(await sourceOf('/ably/json', 'live').loadCurrent())).toBe('app.new');
  });

  it('calls a value that is no key malformed, without printing it', async () => {
    aws.putParameter('/ably/malformed', SECRET);
    const loading = sourceOf('/ably/malformed').loadCurrent();
    await expect(loading).rejects.toMatchObject({ failure: 'malformed', setting: 'ABLY_API_KEY_PARAMETER' });
    await expect(loading).rejects.not.toThrow(SECRET);
  });

  it('says that a parameter is not there, for both keys', async () => {
    const expected = {
      failure: 'not-found',
      message: 'Parameter Store has no parameter of the name in ABLY_API_KEY_PARAMETER.',
    };
    await expect(sourceOf('/ably/nowhere').loadCurrent()).rejects.toMatchObject(expected);
    await expect(sourceOf('/ably/nowhere').loadPrevious()).rejects.toMatchObject(expected);
  });

  it.each([
    ['AccessDeniedException', 400, 'not-allowed', 'ssm:GetParameter'],
    ['InvalidKeyId', 400, 'not-allowed', 'kms:Decrypt'],
    ['ValidationException', 400, 'not-found', 'ABLY_API_KEY_PARAMETER'],
    ['ThrottlingException', 400, 'unreachable', 'Parameter Store'],
    ['InternalServerError', 500, 'unreachable', 'AWS_REGION'],
  ])('calls %s what it is, with its fix', async (type, status, failure, fix) => {
    aws.mood = { kind: 'error', type, status, message: `echoing ${SECRET}` };
    await expect(sourceOf('/ably/plain').loadCurrent()).rejects.toMatchObject({
      failure,
      setting: 'ABLY_API_KEY_PARAMETER',
      remediation: expect.stringContaining(fix),
    });
  });

  it('imports the SDK with the first load, and again after an import that failed', async () => {
    aws.putParameter('/ably/import', OLD);
    const loadSdk = vi.fn(async () => realSdk);
    loadSdk.mockRejectedValueOnce(new Error('not there'));
    const source = createParameterStoreKeySource({ parameter: '/ably/import', clientOptions, loadSdk });
    expect(loadSdk).not.toHaveBeenCalled();
    await expect(source.loadCurrent()).rejects.toMatchObject({ failure: 'unreachable' });
    expect(String(await source.loadCurrent())).toBe('app.old');
  });
});

describe('isPinned', () => {
  it.each([
    ['/ably/key', false],
    ['key', false],
    ['/ably/key:3', true],
    ['/ably/key:live', true],
    ['arn:aws:ssm:eu-west-1:123456789012:parameter/ably/key', false],
    ['arn:aws:ssm:eu-west-1:123456789012:parameter/ably/key:3', true],
  ])('of %s is %s', (parameter, pinned) => {
    expect(isPinned(parameter)).toBe(pinned);
  });
});
