/**
 * Decides, from the settings, where the API key is: exactly one of `ABLY_API_KEY`, `ABLY_API_KEY_SECRET_ID` and
 * `ABLY_API_KEY_PARAMETER`. Reads no store and no SDK, and needs no secret to say what is wrong (S11).
 *
 * For hosts that can read AWS. A build that leaves the AWS clients out takes `createEnvironmentKeySource` directly.
 * Drivers are loaded with the first key, so that a cold start reads the one it uses and no other.
 */
import type { ConfigProblem } from '../../core/config-problem.ts';
import { parseApiKey } from '../../core/keys/api-key.ts';
import type { KeySource } from '../../core/keys/key-source.ts';
import { createEnvironmentKeySource, type Settings } from './environment.ts';

export type KeySourceChoice =
  | {
      readonly ok: true;
      readonly source: KeySource;
      /** To be logged once. */
      readonly warnings: readonly ConfigProblem[];
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

const WAYS = ['ABLY_API_KEY', 'ABLY_API_KEY_SECRET_ID', 'ABLY_API_KEY_PARAMETER'] as const;

/** @param settings the environment, or a record like it; an empty value counts as not set */
export function chooseKeySource(settings: Settings): KeySourceChoice {
  const set = WAYS.filter((way) => settings[way]);
  const [way] = set;
  if (way === undefined) return { ok: false, problems: [NOTHING_SET] };
  const problems = [...(set.length > 1 ? [severalSet(set)] : []), ...malformedKeys(settings), ...badPort(settings)];
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, source: createSource(settings, way), warnings: warningsFor(settings, way) };
}

function createSource(settings: Settings, way: (typeof WAYS)[number]): KeySource {
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

const PORT_SETTING = 'PARAMETERS_SECRETS_EXTENSION_HTTP_PORT';

const NOTHING_SET: ConfigProblem = {
  setting: 'ABLY_API_KEY',
  problem: `no Ably API key: none of ${WAYS.join(', ')} is set`,
  fix: 'Set ABLY_API_KEY to the whole key, or on AWS ABLY_API_KEY_SECRET_ID to the secret that holds it.',
};

function severalSet(set: readonly string[]): ConfigProblem {
  return {
    setting: set.join(', '),
    problem: 'only one of these says where the Ably API key is, and more than one is set',
    fix: 'Keep one and remove the others; an old key beside ABLY_API_KEY belongs in ABLY_API_KEY_PREVIOUS.',
  };
}

/** What is in the environment can be checked right away. The problem holds nothing of the value. */
function malformedKeys(settings: Settings): ConfigProblem[] {
  return ['ABLY_API_KEY', 'ABLY_API_KEY_PREVIOUS'].flatMap((setting) => {
    const text = settings[setting];
    const parsed = text ? parseApiKey(text) : undefined;
    if (parsed === undefined || parsed.ok) return [];
    const problem = `not an Ably API key: ${parsed.problem}`;
    return [{ setting, problem, fix: 'Set it to the whole key, appId.keyId:secret, as the Ably dashboard shows it.' }];
  });
}

function badPort(settings: Settings): ConfigProblem[] {
  const port = settings[PORT_SETTING];
  if (!port || (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) return [];
  const problem = 'not a port';
  return [{ setting: PORT_SETTING, problem, fix: 'Remove it, or set it to the port of the extension, 2773.' }];
}

function warningsFor(settings: Settings, way: (typeof WAYS)[number]): ConfigProblem[] {
  const warnings: ConfigProblem[] = [];
  if (way === 'ABLY_API_KEY' && settings.AWS_LAMBDA_FUNCTION_NAME) {
    warnings.push({
      setting: 'ABLY_API_KEY',
      problem: 'on Lambda, whoever may look at the function sees the key',
      fix: 'Keep it in Secrets Manager and set ABLY_API_KEY_SECRET_ID instead.',
    });
  }
  if (way !== 'ABLY_API_KEY' && settings.ABLY_API_KEY_PREVIOUS) {
    warnings.push({
      setting: 'ABLY_API_KEY_PREVIOUS',
      problem: `not used: with ${way} the previous key is the version before the current one`,
      fix: 'Remove it.',
    });
  }
  if (way === 'ABLY_API_KEY' && settings.ABLY_API_KEY_SECRET_FIELD) {
    warnings.push({
      setting: 'ABLY_API_KEY_SECRET_FIELD',
      problem: 'not used: ABLY_API_KEY is the key itself',
      fix: 'Remove it, or set ABLY_API_KEY_SECRET_ID in place of ABLY_API_KEY.',
    });
  }
  if (way === 'ABLY_API_KEY_PARAMETER' && settings[PORT_SETTING] && cachesParameters(settings)) {
    warnings.push({
      setting: 'SSM_PARAMETER_STORE_TTL',
      problem: 'the extension keeps the parameter in a cache of its own, so a new key is noticed up to 5 minutes later',
      fix: 'Set it to 0.',
    });
  }
  return warnings;
}

function cachesParameters(settings: Settings): boolean {
  return settings.SSM_PARAMETER_STORE_TTL !== '0' && settings.PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED !== 'false';
}
