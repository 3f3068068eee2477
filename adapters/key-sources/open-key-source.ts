/**
 * The key source that the settings ask for, where they are plainly in order. For functions, whose every cold start reads
 * this: what finds and explains a mistake is in choose-key-source.ts.
 *
 * Drivers are loaded with the first key, so that a cold start reads the one it uses and no other.
 */
import type { ConfigProblem } from '../../core/config-problem.ts';
import { readApiKey } from '../../core/keys/api-key.ts';
import type { KeySource } from '../../core/keys/key-source.ts';
import { isPort } from '../../core/port.ts';
import { createEnvironmentKeySource, type Settings } from './environment.ts';

export const WAYS = ['ABLY_API_KEY', 'ABLY_API_KEY_SECRET_ID', 'ABLY_API_KEY_PARAMETER'] as const;
export type Way = (typeof WAYS)[number];

export const PORT_SETTING = 'PARAMETERS_SECRETS_EXTENSION_HTTP_PORT';

/** The one warning that a working function prints at every cold start, and so the one that is here. */
export const SEEN_ON_LAMBDA: ConfigProblem = {
  setting: 'ABLY_API_KEY',
  problem: 'on Lambda, whoever may look at the function sees the key',
  fix: 'Keep it in Secrets Manager and set ABLY_API_KEY_SECRET_ID instead.',
};

/** `undefined` where anything else is to be said, which chooseKeySource does. */
export function openKeySource(settings: Settings) {
  const [way, ...others] = WAYS.filter((name) => settings[name]);
  if (way === undefined || others.length > 0 || !isFitPort(settings[PORT_SETTING])) return undefined;
  const { ABLY_API_KEY: key, ABLY_API_KEY_PREVIOUS: previous, ABLY_API_KEY_SECRET_FIELD: field } = settings;
  const isQuiet = way === 'ABLY_API_KEY' ? !field : !previous;
  const isLate = way === 'ABLY_API_KEY_PARAMETER' && settings[PORT_SETTING] && cachesParameters(settings);
  if (!isQuiet || isLate || (key && !readApiKey(key)) || (previous && !readApiKey(previous))) return undefined;
  const warnings = isSeenOnLambda(settings, way) ? [SEEN_ON_LAMBDA] : [];
  return { ok: true, source: createSource(settings, way), warnings } as const;
}

/** The extension's, where that is there. */
export function isFitPort(port: string | undefined): boolean {
  return !port || isPort(port, 1);
}

export function isSeenOnLambda(settings: Settings, way: Way): boolean {
  return way === 'ABLY_API_KEY' && Boolean(settings.AWS_LAMBDA_FUNCTION_NAME);
}

/** Whether the extension keeps parameters in a cache of its own. */
export function cachesParameters(settings: Settings): boolean {
  return settings.SSM_PARAMETER_STORE_TTL !== '0' && settings.PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED !== 'false';
}

export function createSource(settings: Settings, way: Way): KeySource {
  if (way === 'ABLY_API_KEY') return createEnvironmentKeySource(settings);
  const name = settings[way] ?? '';
  const field = settings.ABLY_API_KEY_SECRET_FIELD || undefined;
  const isSecret = way === 'ABLY_API_KEY_SECRET_ID';
  const port = settings[PORT_SETTING];
  if (port) {
    return loadOnFirstUse('aws-secrets-extension', way, async () => {
      const { createSecretsExtensionKeySource } = await import('./aws-secrets-extension.ts');
      return createSecretsExtensionKeySource({
        from: isSecret ? { secretId: name } : { parameter: name },
        field,
        port: Number(port),
        sessionToken: () => settings.AWS_SESSION_TOKEN,
      });
    });
  }
  if (isSecret) {
    return loadOnFirstUse('aws-secrets-manager', way, async () => {
      const { createSecretsManagerKeySource } = await import('./aws-secrets-manager.ts');
      return createSecretsManagerKeySource({ secretId: name, field });
    });
  }
  return loadOnFirstUse('aws-parameter-store', way, async () => {
    const { createParameterStoreKeySource } = await import('./aws-parameter-store.ts');
    return createParameterStoreKeySource({ parameter: name, field });
  });
}

/** One driver for the life of the process, since it keeps a connection; one that could not be loaded is forgotten. */
function loadOnFirstUse(name: string, setting: string, create: () => Promise<KeySource>): KeySource {
  let driver: Promise<KeySource> | undefined;
  const load = (): Promise<KeySource> => {
    driver ??= create().catch((error: unknown) => {
      driver = undefined;
      throw error;
    });
    return driver;
  };
  return Object.freeze({
    name,
    setting,
    loadCurrent: async () => (await load()).loadCurrent(),
    loadPrevious: async () => (await load()).loadPrevious(),
  });
}
