/**
 * Reads the API key through the AWS Parameters and Secrets Lambda extension: plain HTTP inside the function's own
 * sandbox, so no SDK is read at a cold start.
 *
 * How long a key is used is the key ring's to decide, so the extension's own cache is passed by where its protocol
 * allows it (`refreshNow`, secrets only). For parameters, set `SSM_PARAMETER_STORE_TTL=0`; otherwise a new key signs up
 * to that much later. The extension does not answer while the function starts, which is one more reason to load lazily.
 */
import { type KeySource, KeySourceError } from '../../core/keys/key-source.ts';
import { type AwsPlace, PARAMETER, SECRET } from './aws-place.ts';
import { type Answer, TOO_LATE } from './extension-answer.ts';
import { getFromExtension } from './extension-http.ts';
import { formerVersion, isPinned } from './parameter-version.ts';
import { readFormerKey, readStoredKey } from './read-key.ts';

export interface SecretsExtensionOptions {
  /** What to read: exactly one of the two, each a name or an ARN. */
  readonly from: { readonly secretId: string } | { readonly parameter: string };
  /** The field of a JSON value. Default: the first of `ABLY_API_KEY`, `apiKey`, `key` that it has. */
  readonly field?: string | undefined;
  /** From `PARAMETERS_SECRETS_EXTENSION_HTTP_PORT`; its own default is 2773. */
  readonly port: number;
  /** Read at each load, because Lambda may replace it: `AWS_SESSION_TOKEN`. The extension answers nobody without it. */
  readonly sessionToken: () => string | undefined;
  /**
   * For one answer, in milliseconds; a load takes up to two of them, or four for a previous parameter. An answer that is
   * not plain (extension-http.ts) is asked for again, and has as long again. Default 1_500.
   */
  readonly timeoutMs?: number;
}

/** Its loads fail with each of the four kinds. Takes the permissions that the same read through the SDK takes. */
export function createSecretsExtensionKeySource(options: SecretsExtensionOptions): KeySource {
  const { from, field } = options;
  const ask = createAsk(options, 'secretId' in from ? SECRET : PARAMETER);
  return Object.freeze({
    name: 'aws-secrets-extension',
    setting: ('secretId' in from ? SECRET : PARAMETER).setting,
    ...('secretId' in from ? readSecret(from.secretId, field, ask) : readParameter(from.parameter, field, ask)),
  });
}

type Ask = (path: string, query: Readonly<Record<string, string>>) => Promise<Record<string, unknown>>;

function readSecret(
  secretId: string,
  field: string | undefined,
  ask: Ask,
): Pick<KeySource, 'loadCurrent' | 'loadPrevious'> {
  const read = async (versionStage: 'AWSCURRENT' | 'AWSPREVIOUS'): Promise<string | undefined> => {
    const answer = await ask('/secretsmanager/get', { secretId, versionStage, refreshNow: 'true' });
    return textOf(answer.SecretString);
  };
  return {
    async loadCurrent() {
      return readStoredKey(await read('AWSCURRENT'), field, SECRET);
    },
    async loadPrevious() {
      // As in aws-secrets-manager.ts: no such version and no such secret look the same.
      return noneWhenNotFound(async () => readFormerKey(await read('AWSPREVIOUS'), field));
    },
  };
}

function readParameter(
  name: string,
  field: string | undefined,
  ask: Ask,
): Pick<KeySource, 'loadCurrent' | 'loadPrevious'> {
  const read = async (version?: number): Promise<Record<string, unknown>> => {
    const selector = version === undefined ? {} : { version: String(version) };
    const answer = await ask('/systemsmanager/parameters/get', { name, withDecryption: 'true', ...selector });
    return isRecord(answer.Parameter) ? answer.Parameter : {};
  };
  return {
    async loadCurrent() {
      return readStoredKey(textOf((await read()).Value), field, PARAMETER);
    },
    async loadPrevious() {
      if (isPinned(name)) return undefined;
      const version = formerVersion((await read()).Version);
      if (version === undefined) return undefined;
      return noneWhenNotFound(async () => readFormerKey(textOf((await read(version)).Value), field));
    },
  };
}

async function noneWhenNotFound<K>(load: () => Promise<K>): Promise<K | undefined> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof KeySourceError && error.failure === 'not-found') return undefined;
    throw error;
  }
}

function createAsk({ port, sessionToken, timeoutMs = 1_500 }: SecretsExtensionOptions, place: AwsPlace): Ask {
  const fail = (what: string, remediation: string): KeySourceError =>
    new KeySourceError('unreachable', place.setting, `The Parameters and Secrets extension ${what}.`, remediation);

  async function get(path: string, query: Readonly<Record<string, string>>): Promise<Answer> {
    try {
      return await getFromExtension(port, `${path}?${encodeQuery(query)}`, sessionToken() ?? '', timeoutMs);
    } catch (error) {
      throw fail(
        error === TOO_LATE ? 'did not answer in time' : 'could not be reached',
        'Check that its layer is attached, for the architecture of this function.',
      );
    }
  }

  return async (path, query) => {
    const first = await get(path, query);
    if (first.status === 200) return read(first);
    // Loaded when it is needed: it is a third of what there is to this source.
    const { explainAwsErrorName, knownAwsErrorNameIn } = await import('./aws-failures.ts');
    let answer = first;
    // 400 covers much: not ready yet, under load, or a release without `refreshNow`. Asking once more, and plainly,
    // helps with each of these.
    if (answer.status === 400 && knownAwsErrorNameIn(answer.body) === undefined) {
      const { refreshNow, ...plain } = query;
      answer = await get(path, plain);
      if (answer.status === 200) return read(answer);
    }
    const name = knownAwsErrorNameIn(answer.body) ?? NAME_BY_STATUS[answer.status];
    throw (
      explainAwsErrorName(name, place) ??
      fail(`answers ${answer.status}`, `Look at its own lines in the log, and check that ${place.setting} is right.`)
    );
  };

  function read({ body }: Answer): Record<string, unknown> {
    const fields = parseRecord(body);
    if (fields !== undefined) return fields;
    throw fail('did not answer with JSON', 'Check what listens at PARAMETERS_SECRETS_EXTENSION_HTTP_PORT.');
  }
}

/** What a status alone says. 401: the session token is missing or wrong. */
const NAME_BY_STATUS: Readonly<Record<number, string>> = {
  401: 'UnrecognizedClientException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  429: 'ThrottlingException',
};

/** Not `URLSearchParams`, which costs a cold start more than reading the answer does. */
function encodeQuery(query: Readonly<Record<string, string>>): string {
  return Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}

function parseRecord(body: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
