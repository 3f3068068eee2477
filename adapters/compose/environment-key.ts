/**
 * The key from the environment and nowhere else: for the prebuilt drop-ins and for hosts whose bundlers
 * pack one file, because the AWS clients would make that ten times its size. Says at the start what is missing
 * or malformed, without the value.
 */
import type { ConfigProblem } from '../../core/config-problem.ts';
import type { Environment } from '../../core/settings.ts';
import { createEnvironmentKeySource } from '../key-sources/environment.ts';
import { malformedKeys, WHOLE_KEY } from '../key-sources/malformed-keys.ts';
import type { KeyChoice } from './compose-endpoint.ts';

export function chooseEnvironmentKey(env: Environment): KeyChoice {
  const problems = [...malformedKeys(env), ...notHere(env)];
  if (!env.ABLY_API_KEY) problems.push({ setting: 'ABLY_API_KEY', problem: 'it is not set', fix: WHOLE_KEY });
  return problems.length === 0 ? { ok: true, source: createEnvironmentKeySource(env) } : { ok: false, problems };
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
