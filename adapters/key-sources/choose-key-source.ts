/**
 * Decides, from the settings, where the API key is: exactly one of `ABLY_API_KEY`, `ABLY_API_KEY_SECRET_ID` and
 * `ABLY_API_KEY_PARAMETER`. Reads no store and no SDK, and needs no secret to say what is wrong (S11).
 *
 * For hosts that can read AWS. A build that leaves the AWS clients out takes `createEnvironmentKeySource` directly.
 * What is plainly in order is seen by open-key-source.ts alone, without this file.
 */
import type { ConfigProblem } from '../../core/config-problem.ts';
import type { KeySource } from '../../core/keys/key-source.ts';
import type { Settings } from './environment.ts';
import { malformedKeys } from './malformed-keys.ts';
import {
  cachesParameters,
  createSource,
  isFitPort,
  isSeenOnLambda,
  PORT_SETTING,
  SEEN_ON_LAMBDA,
  WAYS,
  type Way,
} from './open-key-source.ts';

export type KeySourceChoice =
  | {
      readonly ok: true;
      readonly source: KeySource;
      /** To be logged once. */
      readonly warnings: readonly ConfigProblem[];
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** @param settings the environment, or a record like it; an empty value counts as not set */
export function chooseKeySource(settings: Settings): KeySourceChoice {
  const set = WAYS.filter((way) => settings[way]);
  const [way] = set;
  if (way === undefined) return { ok: false, problems: [NOTHING_SET] };
  const problems = [...(set.length > 1 ? [severalSet(set)] : []), ...malformedKeys(settings), ...badPort(settings)];
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, source: createSource(settings, way), warnings: warningsFor(settings, way) };
}

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

function badPort(settings: Settings): ConfigProblem[] {
  const port = settings[PORT_SETTING];
  if (isFitPort(port)) return [];
  const problem = 'not a port';
  return [{ setting: PORT_SETTING, problem, fix: 'Remove it, or set it to the port of the extension, 2773.' }];
}

function warningsFor(settings: Settings, way: Way): ConfigProblem[] {
  const warnings: ConfigProblem[] = [];
  if (isSeenOnLambda(settings, way)) warnings.push(SEEN_ON_LAMBDA);
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
