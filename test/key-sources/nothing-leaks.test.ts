/** Whatever goes wrong with a key source, no secret is in what comes out of it (S10). */
import { inspect } from 'node:util';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createParameterStoreKeySource } from '../../adapters/key-sources/aws-parameter-store.ts';
import { createSecretsExtensionKeySource } from '../../adapters/key-sources/aws-secrets-extension.ts';
import { createSecretsManagerKeySource } from '../../adapters/key-sources/aws-secrets-manager.ts';
import { chooseKeySource } from '../../adapters/key-sources/choose-key-source.ts';
import { createEnvironmentKeySource } from '../../adapters/key-sources/environment.ts';
import type { KeyEvent } from '../../core/keys/cached-key.ts';
import { createKeyRing } from '../../core/keys/key-ring.ts';
import { type KeySource, KeySourceError } from '../../core/keys/key-source.ts';
import { CREDENTIALS, LocalAws, type Mood, REGION } from './local-aws.ts';
import { type ExtensionMood, LocalExtension, SESSION_TOKEN } from './local-extension.ts';

/** Not cut by any of the quoting that `JSON.parse` and others do: it begins early and repeats. */
const MARK = 'xZq7';
const SECRET = MARK.repeat(12);
const KEY = `app.live:${SECRET}`;
const FORBIDDEN = [MARK, CREDENTIALS.secretAccessKey, SESSION_TOKEN];

const aws = new LocalAws();
const extension = new LocalExtension(aws);
let clientOptions: { endpoint: string; region: string; credentials: typeof CREDENTIALS & { sessionToken: string } };

beforeAll(async () => {
  await aws.start();
  await extension.start();
  clientOptions = { endpoint: aws.url, region: REGION, credentials: { ...CREDENTIALS, sessionToken: SESSION_TOKEN } };
});
afterEach(() => {
  vi.restoreAllMocks();
  aws.mood = { kind: 'well' };
  extension.mood = 'well';
});
afterAll(async () => {
  await aws.stop();
  await extension.stop();
});

/** Everything that a logger could get at: hidden and inherited properties, getters, causes, stacks, JSON. */
function everythingIn(value: unknown): string {
  const seen = inspect(value, {
    depth: 50,
    showHidden: true,
    getters: true,
    maxStringLength: null,
    maxArrayLength: null,
  });
  const errors: string[] = [];
  for (let error = value; error instanceof Error; error = error.cause) {
    errors.push(error.message, error.stack ?? '', String(error), JSON.stringify(error));
    for (const key of Reflect.ownKeys(error))
      errors.push(inspect(Reflect.get(error, key), { depth: 50, showHidden: true }));
  }
  return [seen, ...errors].join('\n');
}

function expectNothingIn(text: string): void {
  for (const forbidden of FORBIDDEN) expect(text).not.toContain(forbidden);
}

/** Loads both keys through a ring, with an ear at everything that is printed, and gives all of it back. */
async function everythingFrom(source: KeySource): Promise<{ errors: unknown[]; text: string }> {
  const events: KeyEvent[] = [];
  const printed: unknown[] = [];
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) {
    vi.spyOn(console, method).mockImplementation((...what: unknown[]) => void printed.push(what));
  }
  vi.spyOn(process, 'emitWarning').mockImplementation((...what: unknown[]) => void printed.push(what));
  const ring = createKeyRing(source, { onKeyEvent: (event) => events.push(event) });
  const outcomes = await Promise.allSettled([ring.current(), ring.previous(), ring.byName('app.other')]);
  const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  const keys = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const all = [...errors, ...keys, ...events, ...events.map(({ error }) => error), source, ring, printed];
  return { errors, text: all.map(everythingIn).join('\n') };
}

async function expectNoLeak(source: KeySource): Promise<void> {
  const { errors, text } = await everythingFrom(source);
  expect(errors.length).toBeGreaterThan(0);
  for (const error of errors) {
    expect(error).toBeInstanceOf(KeySourceError);
    expect((error as Error).cause).toBeUndefined();
  }
  expectNothingIn(text);
}

const secretSource = (secretId: string, field?: string): KeySource =>
  createSecretsManagerKeySource({ secretId, field, clientOptions: { ...clientOptions, maxAttempts: 1 } });
const parameterSource = (parameter: string): KeySource =>
  createParameterStoreKeySource({ parameter, clientOptions: { ...clientOptions, maxAttempts: 1 } });
const extensionSource = (secretId: string, token = SESSION_TOKEN): KeySource =>
  createSecretsExtensionKeySource({
    from: { secretId },
    port: extension.port,
    sessionToken: () => token,
    timeoutMs: 100,
  });

/** Texts that hold a key and are none. */
const SPOILT = [
  SECRET,
  `${KEY}\n`,
  `"${KEY}"`,
  `${SECRET}:${SECRET}`,
  `{"apiKey":"${SECRET}"}`,
  `{"apiKey":["${KEY}"]}`,
  `{"${SECRET}":"${KEY}"}`,
  `{${KEY}}`,
  `{"apiKey":"${KEY}`,
];

const MOODS: readonly Mood[] = [
  { kind: 'raw', body: `{"SecretString":"${KEY}` },
  { kind: 'raw', body: `<${KEY}>` },
  { kind: 'raw', body: SECRET },
  { kind: 'raw', body: KEY, status: 500 },
  { kind: 'raw', body: JSON.stringify({ SecretString: { text: KEY }, Parameter: KEY }) },
  { kind: 'error', type: 'AccessDeniedException', message: `not allowed to read ${KEY}` },
  { kind: 'error', type: SECRET, message: KEY },
  { kind: 'error', type: `${SECRET}Exception`, message: KEY, status: 500 },
  { kind: 'error', type: 'ResourceNotFoundException', message: KEY },
  { kind: 'reset' },
];

describe('key sources (S10)', () => {
  it('would leak if an error of the SDK were passed on', async () => {
    aws.mood = { kind: 'raw', body: KEY.slice('app.live:'.length) };
    const client = new SecretsManagerClient({ ...clientOptions, maxAttempts: 1 });
    const calling = client.send(new GetSecretValueCommand({ SecretId: 'x' }));
    const error: unknown = await calling.catch((thrown: unknown) => thrown);
    expect((error as Error).message).toContain(MARK);
    expect(everythingIn(error)).toContain(SESSION_TOKEN);
  });

  it.each(SPOILT.map((text, nth) => [nth, text]))('keep spoilt key %i to themselves', async (_, text) => {
    aws.putSecret('spoilt', String(text));
    aws.putParameter('/spoilt', String(text));
    await expectNoLeak(secretSource('spoilt'));
    await expectNoLeak(secretSource('spoilt', 'missing'));
    await expectNoLeak(parameterSource('/spoilt'));
    await expectNoLeak(extensionSource('spoilt'));
    await expectNoLeak(createEnvironmentKeySource({ ABLY_API_KEY: String(text), ABLY_API_KEY_PREVIOUS: String(text) }));
    expectNothingIn(everythingIn(chooseKeySource({ ABLY_API_KEY: String(text) })));
  });

  it.each(MOODS.map((mood, nth) => [nth, mood]))('keep what AWS says to themselves, mood %i', async (_, mood) => {
    aws.putSecret('good', KEY);
    aws.mood = mood as Mood;
    await expectNoLeak(secretSource('good'));
    await expectNoLeak(parameterSource('/good'));
  });

  it.each<ExtensionMood>(['not-json', 'hang', 'hang-in-body'])(
    'keep what the extension says to themselves: %s',
    async (mood) => {
      aws.putSecret('good', KEY);
      extension.mood = mood;
      await expectNoLeak(extensionSource('good'));
      await expectNoLeak(extensionSource('good', `${SESSION_TOKEN}\n`));
    },
  );

  it('print keys by their names when all is well', async () => {
    aws.putSecret('good', KEY);
    for (const source of [
      secretSource('good'),
      extensionSource('good'),
      createEnvironmentKeySource({ ABLY_API_KEY: KEY }),
    ]) {
      const { text } = await everythingFrom(source);
      expect(text).toContain('app.live');
      expectNothingIn(text);
    }
  });
});
