import { describe, expect, it } from 'vitest';
import { chooseKeySource, type KeySourceChoice } from '../../adapters/key-sources/choose-key-source.ts';
import { createEnvironmentKeySource, type Settings } from '../../adapters/key-sources/environment.ts';

const SECRET = 'secretsAreNeverPrinted';
const KEY = `app.live:${SECRET}`;

function chosen(settings: Settings): KeySourceChoice & { ok: true } {
  const choice = chooseKeySource(settings);
  if (!choice.ok) throw new Error(JSON.stringify(choice.problems));
  return choice;
}

function refused(settings: Settings): readonly string[] {
  const choice = chooseKeySource(settings);
  return choice.ok ? [] : choice.problems.map(({ setting }) => setting);
}

const warned = (settings: Settings): readonly string[] => chosen(settings).warnings.map(({ setting }) => setting);

describe('chooseKeySource', () => {
  it.each([
    [{ ABLY_API_KEY: KEY }, 'environment'],
    [{ ABLY_API_KEY: KEY, PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: '2773' }, 'environment'],
    [{ ABLY_API_KEY_SECRET_ID: 'ably/key' }, 'aws-secrets-manager'],
    [{ ABLY_API_KEY_PARAMETER: '/ably/key' }, 'aws-parameter-store'],
    [{ ABLY_API_KEY_SECRET_ID: 'ably/key', PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: '2773' }, 'aws-secrets-extension'],
    [{ ABLY_API_KEY_PARAMETER: '/k', PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: '2773' }, 'aws-secrets-extension'],
    [{ ABLY_API_KEY: KEY, ABLY_API_KEY_SECRET_ID: '', ABLY_API_KEY_PARAMETER: '' }, 'environment'],
  ])('takes from %o the source %s', (settings: Settings, name) => {
    expect(chosen(settings).source.name).toBe(name);
  });

  it('names every way and a fix when there is no key', () => {
    for (const settings of [{}, { ABLY_API_KEY: '' }]) {
      const choice = chooseKeySource(settings);
      expect(choice).toMatchObject({ ok: false, problems: [{ setting: 'ABLY_API_KEY' }] });
      expect(JSON.stringify(choice)).toMatch(/ABLY_API_KEY, ABLY_API_KEY_SECRET_ID, ABLY_API_KEY_PARAMETER/);
    }
  });

  it('names the settings that contradict each other', () => {
    expect(refused({ ABLY_API_KEY: KEY, ABLY_API_KEY_SECRET_ID: 'x' })).toEqual([
      'ABLY_API_KEY, ABLY_API_KEY_SECRET_ID',
    ]);
    expect(refused({ ABLY_API_KEY_SECRET_ID: 'x', ABLY_API_KEY_PARAMETER: 'y' })).toEqual([
      'ABLY_API_KEY_SECRET_ID, ABLY_API_KEY_PARAMETER',
    ]);
  });

  it('tells all that is wrong at once, without the values', () => {
    const settings = {
      ABLY_API_KEY: ` ${KEY}`,
      ABLY_API_KEY_PREVIOUS: SECRET,
      ABLY_API_KEY_SECRET_ID: 'ably/key',
      PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: '99999',
    };
    expect(refused(settings)).toEqual([
      'ABLY_API_KEY, ABLY_API_KEY_SECRET_ID',
      'ABLY_API_KEY',
      'ABLY_API_KEY_PREVIOUS',
      'PARAMETERS_SECRETS_EXTENSION_HTTP_PORT',
    ]);
    expect(JSON.stringify(chooseKeySource(settings))).not.toContain(SECRET);
  });

  it('warns once of a key in the environment of a Lambda function, where it works', async () => {
    const settings = { ABLY_API_KEY: KEY, AWS_LAMBDA_FUNCTION_NAME: 'ably-auth' };
    expect(warned(settings)).toEqual(['ABLY_API_KEY']);
    expect(String(await chosen(settings).source.loadCurrent())).toBe('app.live');
    expect(warned({ ABLY_API_KEY: KEY })).toEqual([]);
    expect(warned({ ABLY_API_KEY_SECRET_ID: 'ably/key', AWS_LAMBDA_FUNCTION_NAME: 'ably-auth' })).toEqual([]);
  });

  it('warns of settings that have no effect', () => {
    expect(warned({ ABLY_API_KEY_SECRET_ID: 'x', ABLY_API_KEY_PREVIOUS: KEY })).toEqual(['ABLY_API_KEY_PREVIOUS']);
    expect(warned({ ABLY_API_KEY: KEY, ABLY_API_KEY_SECRET_FIELD: 'key' })).toEqual(['ABLY_API_KEY_SECRET_FIELD']);
  });

  it('warns of the cache that the extension keeps for parameters', () => {
    const settings = { ABLY_API_KEY_PARAMETER: '/k', PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: '2773' };
    expect(warned(settings)).toEqual(['SSM_PARAMETER_STORE_TTL']);
    expect(warned({ ...settings, SSM_PARAMETER_STORE_TTL: '0' })).toEqual([]);
    expect(warned({ ...settings, PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED: 'false' })).toEqual([]);
  });
});

describe('createEnvironmentKeySource', () => {
  it('reads both keys, as the record has them at each load', async () => {
    const settings: Record<string, string> = { ABLY_API_KEY: KEY };
    const source = createEnvironmentKeySource(settings);
    expect(await source.loadPrevious()).toBeUndefined();
    settings.ABLY_API_KEY_PREVIOUS = KEY;
    settings.ABLY_API_KEY = 'app.next:abc';
    expect([String(await source.loadCurrent()), String(await source.loadPrevious())]).toEqual(['app.next', 'app.live']);
  });

  it('tells a key that is not set from one that is malformed', async () => {
    const nothing = createEnvironmentKeySource({ ABLY_API_KEY: '', ABLY_API_KEY_PREVIOUS: '' });
    await expect(nothing.loadCurrent()).rejects.toMatchObject({ failure: 'not-found', setting: 'ABLY_API_KEY' });
    expect(await nothing.loadPrevious()).toBeUndefined();
    const broken = createEnvironmentKeySource({ ABLY_API_KEY: `"${KEY}"`, ABLY_API_KEY_PREVIOUS: SECRET });
    for (const [load, setting] of [
      [broken.loadCurrent, 'ABLY_API_KEY'],
      [broken.loadPrevious, 'ABLY_API_KEY_PREVIOUS'],
    ] as const) {
      await expect(load()).rejects.toMatchObject({ failure: 'malformed', setting });
      await expect(load()).rejects.not.toThrow(SECRET);
    }
  });
});
