/**
 * The key from the environment and nowhere else: for the prebuilt drop-ins and for hosts whose bundlers
 * pack one file, because the AWS clients would make that ten times its size. Says at the start what is missing
 * or malformed, without the value.
 */
import type { ConfigProblem } from '../../core/config-problem.ts';
import { parseApiKey } from '../../core/keys/api-key.ts';
import type { Environment } from '../../core/settings.ts';
import { createEnvironmentKeySource } from '../key-sources/environment.ts';
import type { KeyChoice } from './compose-endpoint.ts';

const WHOLE_KEY = 'Set it to the whole key, appId.keyId:secret, as the Ably dashboard shows it';

export function chooseEnvironmentKey(env: Environment): KeyChoice {
  const problems = [...malformed(env, 'ABLY_API_KEY'), ...malformed(env, 'ABLY_API_KEY_PREVIOUS'), ...notHere(env)];
  if (!env.ABLY_API_KEY) problems.push({ setting: 'ABLY_API_KEY', problem: 'it is not set', fix: WHOLE_KEY });
  return problems.length === 0 ? { ok: true, source: createEnvironmentKeySource(env) } : { ok: false, problems };
}

function malformed(env: Environment, setting: string): ConfigProblem[] {
  const text = env[setting];
  const parsed = text ? parseApiKey(text) : undefined;
  if (!parsed || parsed.ok) return [];
  return [{ setting, problem: `it is not an Ably API key: ${parsed.problem}`, fix: WHOLE_KEY }];
}

/** Somebody who set these means a store that cannot be read from here: using another key instead would surprise. */
function notHere(env: Environment): ConfigProblem[] {
  return ['ABLY_API_KEY_SECRET_ID', 'ABLY_API_KEY_PARAMETER']
    .filter((setting) => env[setting])
    .map((setting) => ({
      setting,
      problem: 'this function reads no AWS store',
      fix: 'Remove it and set ABLY_API_KEY, or install the package and give createHandler a keySource',
    }));
}
