/**
 * The keys of an app through Ably's Control API, one fetch a call. Answers hold whole keys: none of a body, of a request or
 * of an error's text is ever passed on (S10), only the status and Ably's own number.
 *
 * https://ably.com/docs/api/control-api (OpenAPI: static/open-specs/control-v1.yaml of ably/docs)
 */
import { parseApiKey } from '../../core/keys/parse-api-key.ts';
import { type ControlApi, type ControlKey, RotationError } from '../../core/rotation/ports.ts';

export const CONTROL_URL = 'https://control.ably.net/v1';

/** A rotation step has the function's 30 s; a call that hangs must leave time to say so. */
const CALL_TIMEOUT_MS = 8_000;

/** `status` of a key: 0 is enabled, 1 is revoked. */
const ENABLED = 0;

export interface ControlApiOptions {
  /** An access token of the account, with the capabilities `read:key` and `write:key` of this app. */
  readonly accessToken: () => string | Promise<string>;
  /** Default: Ably's own. */
  readonly url?: string;
}

export function createControlApi({ accessToken, url = CONTROL_URL }: ControlApiOptions): ControlApi {
  async function call(method: string, path: string, body?: unknown): Promise<Response> {
    const authorization = `Bearer ${await accessToken()}`;
    let response: Response;
    try {
      response = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization,
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      });
    } catch {
      throw new RotationError('unreachable', "Ably's Control API could not be reached.");
    }
    return response;
  }

  async function expectOk(response: Response, doing: string): Promise<unknown> {
    const text = await response.text().catch(() => '');
    if (response.ok) return parse(text);
    const problem = response.status >= 500 || response.status === 429 ? 'unreachable' : 'refused';
    throw new RotationError(
      problem,
      `Ably's Control API answered ${response.status} when ${doing}.${hint(response.status)}`,
    );
  }

  const keysOf = (appId: string): string => `/apps/${encodeURIComponent(appId)}/keys`;
  const oneOf = (appId: string, keyId: string): string => `${keysOf(appId)}/${encodeURIComponent(keyId)}`;
  return Object.freeze({
    async listKeys(appId) {
      const listed = await expectOk(await call('GET', keysOf(appId)), 'listing the keys');
      if (!Array.isArray(listed)) throw unreadable();
      return listed.map(readControlKey);
    },
    async createKey(appId, { label, capability, revocableTokens }) {
      const response = await call('POST', keysOf(appId), { name: label, capability, revocableTokens });
      return readControlKey(await expectOk(response, 'making a key'));
    },
    async relabelKey(appId, keyId, label) {
      await expectOk(await call('PATCH', oneOf(appId, keyId), { name: label }), 'changing the label of a key');
    },
    async revokeKey(appId, keyId) {
      const response = await call('POST', `${oneOf(appId, keyId)}/revoke`);
      // It is gone already: by the run before this one, or by hand.
      if (response.status === 404) return;
      await expectOk(response, 'revoking a key');
    },
  } satisfies ControlApi);
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable();
  }
}

function readControlKey(value: unknown): ControlKey {
  const { id, name, key, capability, revocableTokens, status, created } = (value ?? {}) as Readonly<
    Record<string, unknown>
  >;
  if (typeof id !== 'string' || typeof name !== 'string' || typeof capability !== 'object' || capability === null) {
    throw unreadable();
  }
  return {
    id,
    label: name,
    isEnabled: status === undefined || status === ENABLED,
    capability: capability as ControlKey['capability'],
    revocableTokens: revocableTokens === true,
    createdMs: typeof created === 'number' ? created : 0,
    revealKey() {
      if (typeof key === 'string' && parseApiKey(key).ok) return key;
      throw new RotationError(
        'refused',
        "Ably's Control API does not show the key that was made. Revoke it, and rotate again.",
      );
    },
  };
}

function unreadable(): RotationError {
  return new RotationError('unreachable', "What Ably's Control API answered cannot be read.");
}

function hint(status: number): string {
  if (status === 401 || status === 403) return ' The access token needs read:key and write:key of this app.';
  if (status === 404) return ' The access token is of another account, or the app is gone.';
  return '';
}
