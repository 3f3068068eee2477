/** Why a key cannot be had, as a problem of its setting: for whoever asks for it before the first request does. */
import type { ConfigProblem } from '../../core/config-problem.ts';
import { KeySourceError } from '../../core/keys/key-source.ts';

/** @throws `error` itself, where no key source says so */
export function keyProblem(error: unknown): ConfigProblem {
  if (!(error instanceof KeySourceError)) throw error;
  return { setting: error.setting, problem: error.message, fix: error.remediation };
}
