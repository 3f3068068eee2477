/**
 * Reads the API key from a record of settings: Vercel, local runs, containers, and Netlify, where the entry makes the
 * record from `Netlify.env`. It never looks at `process.env` by itself, and whether this is the right way to keep a
 * key on this platform is decided by `chooseKeySource`.
 */
import { type ApiKey, readApiKey } from '../../core/keys/api-key.ts';
import type { KeySource } from '../../core/keys/key-source.ts';

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
    loadCurrent: () => readApiKey(settings.ABLY_API_KEY ?? '') ?? refused(settings, 'ABLY_API_KEY'),
    async loadPrevious() {
      const text = settings.ABLY_API_KEY_PREVIOUS;
      return text ? (readApiKey(text) ?? refused(settings, 'ABLY_API_KEY_PREVIOUS')) : undefined;
    },
  });
}

/** Why there is no key is loaded where there is none. */
async function refused(settings: Settings, setting: 'ABLY_API_KEY' | 'ABLY_API_KEY_PREVIOUS'): Promise<ApiKey> {
  const { keyNotSet, readKey } = await import('./read-key.ts');
  const text = settings[setting];
  if (text) return readKey(text, { setting, subject: `The value of ${setting}` });
  throw keyNotSet(setting);
}
