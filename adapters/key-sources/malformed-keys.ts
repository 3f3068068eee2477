/** What can be said at once of the keys that the environment itself holds. No problem holds any part of a key. */
import type { ConfigProblem } from '../../core/config-problem.ts';
import { parseApiKey } from '../../core/keys/parse-api-key.ts';
import type { Settings } from './environment.ts';

export const WHOLE_KEY = 'Set it to the whole key, appId.keyId:secret, as the Ably dashboard shows it.';

export function malformedKeys(settings: Settings): ConfigProblem[] {
  return ['ABLY_API_KEY', 'ABLY_API_KEY_PREVIOUS'].flatMap((setting) => {
    const text = settings[setting];
    const parsed = text ? parseApiKey(text) : undefined;
    if (parsed === undefined || parsed.ok) return [];
    return [{ setting, problem: `not an Ably API key: ${parsed.problem}`, fix: WHOLE_KEY }];
  });
}
