/**
 * Reads the API key from a record of settings: Vercel, local runs, containers, and Netlify, where the entry makes the
 * record from `Netlify.env`. It never looks at `process.env` by itself, and whether this is the right way to keep a
 * key on this platform is decided by `chooseKeySource`.
 */
import type { ApiKey } from '../../core/keys/api-key.ts';
import { type KeySource, KeySourceError } from '../../core/keys/key-source.ts';
import { readKey } from './read-key.ts';

/** The environment, or any record like it. An empty value counts as not set, as templates like to leave them. */
export type Settings = Readonly<Record<string, string | undefined>>;

/**
 * `ABLY_API_KEY` signs; `ABLY_API_KEY_PREVIOUS`, when set, verifies and revokes. The record is read at each load, so a
 * change of it is seen as late as one in any other store.
 *
 * Its loads fail with `not-found` (not set) and `malformed`, in either case naming the setting.
 */
export function createEnvironmentKeySource(settings: Settings): KeySource {
  return Object.freeze({
    name: 'environment',
    setting: 'ABLY_API_KEY',
    loadCurrent() {
      try {
        return currentKey(settings);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    async loadPrevious() {
      const text = settings.ABLY_API_KEY_PREVIOUS;
      const setting = 'ABLY_API_KEY_PREVIOUS';
      return text ? readKey(text, { setting, subject: `The value of ${setting}` }) : undefined;
    },
  });
}

function currentKey(settings: Settings): ApiKey {
  const text = settings.ABLY_API_KEY;
  if (text) return readKey(text, { setting: 'ABLY_API_KEY', subject: 'The value of ABLY_API_KEY' });
  throw new KeySourceError(
    'not-found',
    'ABLY_API_KEY',
    'ABLY_API_KEY is not set.',
    'Set it to the whole key, appId.keyId:secret, as the Ably dashboard shows it.',
  );
}
