import * as realSdk from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AWS_CLIENT_OPTIONS } from '../../adapters/key-sources/aws-client.ts';
import { createSecretsManagerKeySource } from '../../adapters/key-sources/aws-secrets-manager.ts';
import { CREDENTIALS, LocalAws, REGION } from './local-aws.ts';

const SECRET = 'secretsAreNeverPrinted';
const OLD = `app.old:${SECRET}`;
const NEW = `app.new:${SECRET}`;

const aws = new LocalAws();
let clientOptions: realSdk.SecretsManagerClientConfig;

beforeAll(async () => {
  await aws.start();
  clientOptions = { endpoint: aws.url, region: REGION, credentials: CREDENTIALS };
});
beforeEach(() => {
  aws.calls.length = 0;
  aws.mood = { kind: 'well' };
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});
afterAll(() => aws.stop());

const sourceOf = (secretId: string, field?: string) =>
  createSecretsManagerKeySource({ secretId, field, clientOptions });

describe('createSecretsManagerKeySource', () => {
  it('reads version AWSCURRENT with one signed call, and nothing before it is asked', async () => {
    aws.putSecret('plain', OLD);
    const source = sourceOf('plain');
    expect(aws.calls).toEqual([]);
    expect(String(await source.loadCurrent())).toBe('app.old');
    expect(aws.calls).toEqual([
      { operation: 'secretsmanager.GetSecretValue', input: { SecretId: 'plain', VersionStage: 'AWSCURRENT' } },
    ]);
  });

  it('takes region, credentials and endpoint from the environment, as on Lambda', async () => {
    aws.putSecret('plain', OLD);
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', aws.url);
    vi.stubEnv('AWS_REGION', REGION);
    vi.stubEnv('AWS_ACCESS_KEY_ID', CREDENTIALS.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', CREDENTIALS.secretAccessKey);
    vi.stubEnv('AWS_SESSION_TOKEN', 'the-session-token');
    expect(String(await createSecretsManagerKeySource({ secretId: 'plain' }).loadCurrent())).toBe('app.old');
  });

  it('takes credentials from a provider, as a Vercel function does from its OIDC token', async () => {
    aws.putSecret('plain', OLD);
    const credentials = vi.fn(async () => CREDENTIALS);
    const source = createSecretsManagerKeySource({
      secretId: 'plain',
      clientOptions: { endpoint: aws.url, region: REGION, credentials },
    });
    expect(credentials).not.toHaveBeenCalled();
    expect(String(await source.loadCurrent())).toBe('app.old');
    expect(credentials).toHaveBeenCalledOnce();
  });

  it('reads version AWSPREVIOUS as the previous key', async () => {
    aws.putSecret('rotated', OLD);
    aws.putSecret('rotated', NEW);
    const source = sourceOf('rotated');
    expect(String(await source.loadPrevious())).toBe('app.old');
    expect(String(await source.loadCurrent())).toBe('app.new');
  });

  it('has no previous key when the secret never changed, or was a placeholder or binary before', async () => {
    aws.putSecret('never', OLD);
    aws.putSecret('placeholder', 'to be filled in');
    aws.putSecret('placeholder', OLD);
    aws.putSecret('binary-before', { SecretBinary: 'AAEC' });
    aws.putSecret('binary-before', OLD);
    for (const id of ['never', 'placeholder', 'binary-before']) {
      expect(await sourceOf(id).loadPrevious()).toBeUndefined();
    }
  });

  it.each([
    ['ABLY_API_KEY, by default', { ABLY_API_KEY: NEW, apiKey: OLD }, undefined],
    ['apiKey, by default', { apiKey: NEW, key: OLD }, undefined],
    ['key, by default', { key: NEW, other: OLD }, undefined],
    ['the field that is set', { apiKey: OLD, 'ably/live': NEW }, 'ably/live'],
  ])('reads a JSON secret: %s', async (_, fields, field) => {
    aws.putSecret('json', JSON.stringify(fields, null, 2));
    expect(String(await sourceOf('json', field).loadCurrent())).toBe('app.new');
  });

  it('reads a plain secret although a field is set, so that a secret can change its form', async () => {
    aws.putSecret('form', OLD);
    aws.putSecret('form', JSON.stringify({ live: NEW }));
    expect(String(await sourceOf('form', 'live').loadCurrent())).toBe('app.new');
    expect(String(await sourceOf('form', 'live').loadPrevious())).toBe('app.old');
  });

  it.each([
    ['no key', SECRET, /has no ":"/],
    ['a key with a line break', `${OLD}\n`, /line break/],
    ['an empty text', '', /empty/],
    ['JSON without a known field', JSON.stringify({ secret: OLD }), /without the field ABLY_API_KEY or apiKey or key/],
    ['JSON with an inherited name as its field', '{"a":1}', /without the field toString/, 'toString'],
    ['JSON whose field is no string', JSON.stringify({ key: [OLD] }), /field key is not a string/],
    ['JSON whose field holds no key', JSON.stringify({ key: SECRET }), /in its field key, it has no ":"/],
    ['something that only begins like JSON', `{${OLD}`, /begins like JSON/],
  ])('calls %s malformed, saying what is wrong and not what it holds', async (_, text, problem, field?: string) => {
    aws.putSecret('malformed', text);
    const loading = sourceOf('malformed', field).loadCurrent();
    await expect(loading).rejects.toMatchObject({ failure: 'malformed', setting: 'ABLY_API_KEY_SECRET_ID' });
    await expect(loading).rejects.toThrow(problem);
    await expect(loading).rejects.not.toThrow(SECRET);
  });

  it.each([
    ['holds no known field', { secret: OLD }, /^Set ABLY_API_KEY_SECRET_FIELD to the name of the field/],
    ['holds more than text in it', { key: [OLD] }, /^Set ABLY_API_KEY_SECRET_FIELD /],
    ['holds no key in it', { key: 'x' }, /^Put in the whole key/],
  ])('says what to do with a JSON secret that %s', async (_, fields, remediation) => {
    aws.putSecret('fields', JSON.stringify(fields));
    const loading = sourceOf('fields').loadCurrent();
    await expect(loading).rejects.toMatchObject({ remediation: expect.stringMatching(remediation) });
  });

  it('calls a binary secret malformed', async () => {
    aws.putSecret('binary', { SecretBinary: 'AAEC' });
    await expect(sourceOf('binary').loadCurrent()).rejects.toMatchObject({
      failure: 'malformed',
      message: 'The secret that ABLY_API_KEY_SECRET_ID names is not an Ably API key: it is binary, and a key is text.',
    });
  });

  it('tells a secret that is not there from one that is marked for deletion', async () => {
    aws.putSecret('going', OLD);
    aws.deleteSecret('going');
    await expect(sourceOf('nowhere').loadCurrent()).rejects.toMatchObject({
      failure: 'not-found',
      message: 'Secrets Manager has no secret of the name in ABLY_API_KEY_SECRET_ID.',
    });
    await expect(sourceOf('going').loadCurrent()).rejects.toMatchObject({
      failure: 'not-found',
      message: 'The secret that ABLY_API_KEY_SECRET_ID names is marked for deletion.',
      remediation: 'Restore the secret, or name another one in ABLY_API_KEY_SECRET_ID.',
    });
  });

  it.each([
    ['AccessDeniedException', 400, 'not-allowed', 'secretsmanager:GetSecretValue'],
    ['DecryptionFailure', 400, 'not-allowed', 'kms:Decrypt'],
    ['UnrecognizedClientException', 400, 'not-allowed', 'role'],
    ['ExpiredTokenException', 400, 'not-allowed', 'clock'],
    ['InvalidParameterException', 400, 'not-found', 'ABLY_API_KEY_SECRET_ID'],
    ['ThrottlingException', 400, 'unreachable', 'region'],
    ['InternalServiceError', 500, 'unreachable', 'AWS_REGION'],
    ['com.amazonaws.secretsmanager#AccessDeniedException', 400, 'not-allowed', 'secretsmanager:GetSecretValue'],
  ])('calls %s what it is, with its fix, for both keys', async (type, status, failure, fix) => {
    aws.mood = { kind: 'error', type, status, message: `echoing ${SECRET}` };
    for (const load of [sourceOf('plain').loadCurrent, sourceOf('plain').loadPrevious]) {
      const error: unknown = await Promise.resolve(load()).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: 'KeySourceError', failure, setting: 'ABLY_API_KEY_SECRET_ID' });
      expect((error as { remediation: string }).remediation).toContain(fix);
    }
  });

  it('calls a refused signature not allowed', async () => {
    const credentials = { ...CREDENTIALS, secretAccessKey: 'another one' };
    const source = createSecretsManagerKeySource({
      secretId: 'plain',
      clientOptions: { ...clientOptions, credentials },
    });
    await expect(source.loadCurrent()).rejects.toMatchObject({
      failure: 'not-allowed',
      message: expect.stringContaining('credentials'),
    });
  });

  it('calls missing credentials, a missing region, a closed port, a broken connection and nonsense unreachable', async () => {
    const credentials = async (): Promise<never> => {
      throw Object.assign(new Error(`no token: ${SECRET}`), { name: 'CredentialsProviderError' });
    };
    const failing = [
      { options: { ...clientOptions, credentials }, message: 'No AWS credentials to ask Secrets Manager with.' },
      { options: { ...clientOptions, region: async () => '' }, message: /^Secrets Manager could not be asked/ },
      { options: { ...clientOptions, endpoint: 'http://127.0.0.1:1' }, message: /ECONNREFUSED/ },
    ];
    for (const { options, message } of failing) {
      const loading = createSecretsManagerKeySource({ secretId: 'plain', clientOptions: options }).loadCurrent();
      await expect(loading).rejects.toMatchObject({ failure: 'unreachable' });
      await expect(loading).rejects.toThrow(message);
    }
    for (const mood of [
      { kind: 'reset' },
      { kind: 'raw', body: `<html>${OLD}` },
      { kind: 'raw', body: '', status: 503 },
    ]) {
      aws.mood = mood as LocalAws['mood'];
      await expect(sourceOf('plain').loadCurrent()).rejects.toMatchObject({ failure: 'unreachable' });
    }
  });

  it('gives up a call that hangs, within its own timeouts', async () => {
    aws.putSecret('plain', OLD);
    aws.mood = { kind: 'hang' };
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const loading = sourceOf('plain').loadCurrent();
    let ended = false;
    const outcome = expect(loading).rejects.toMatchObject({
      failure: 'unreachable',
      message: 'Secrets Manager did not answer in time.',
    });
    outcome.finally(() => {
      ended = true;
    });
    // Small steps, so that it is not the connecting that times out.
    for (let step = 0; !ended && step < 5_000; step += 1) {
      await vi.advanceTimersByTimeAsync(aws.calls.length === 0 ? 0 : 5);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await outcome;
    expect(aws.calls).toHaveLength(2);
  });

  it('gives up an answer that stops half-way', async () => {
    aws.putSecret('plain', OLD);
    aws.mood = { kind: 'hang-in-body' };
    const requestHandler = { ...AWS_CLIENT_OPTIONS.requestHandler, socketTimeout: 50 };
    const source = createSecretsManagerKeySource({
      secretId: 'plain',
      clientOptions: { ...clientOptions, requestHandler },
    });
    await expect(source.loadCurrent()).rejects.toMatchObject({ failure: 'unreachable' });
  });

  it('makes at most two attempts', async () => {
    aws.mood = { kind: 'raw', body: '{}', status: 500 };
    await expect(sourceOf('plain').loadCurrent()).rejects.toMatchObject({ failure: 'unreachable' });
    expect(aws.calls).toHaveLength(2);
  });

  it('imports the SDK with the first load, and again after an import that failed', async () => {
    aws.putSecret('plain', OLD);
    const loadSdk = vi.fn(async () => realSdk);
    loadSdk.mockRejectedValueOnce(Object.assign(new Error('not there'), { code: 'ERR_MODULE_NOT_FOUND' }));
    const source = createSecretsManagerKeySource({ secretId: 'plain', clientOptions, loadSdk });
    expect(loadSdk).not.toHaveBeenCalled();
    await expect(source.loadCurrent()).rejects.toMatchObject({
      failure: 'unreachable',
      message: expect.stringContaining('ERR_MODULE_NOT_FOUND'),
    });
    expect(String(await source.loadCurrent())).toBe('app.old');
    await source.loadCurrent();
    expect(loadSdk).toHaveBeenCalledTimes(2);
  });
});
