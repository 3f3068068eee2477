/**
 * What is said at start where somebody set rules that do not count: the prebuilt functions of AWS and the container have
 * theirs from `auth.config.ts`. Loaded there and then, and by nobody else.
 */
import { type ConfigProblem, describeProblem } from '../../core/config-problem.ts';

const NOT_USED: ConfigProblem = {
  setting: 'ABLY_AUTH_POLICY',
  problem: 'not used: the rules are in auth.config.ts',
  fix: 'Change them there and deploy it, and remove this.',
};

export const POLICY_IS_NOT_USED = describeProblem(NOT_USED);
