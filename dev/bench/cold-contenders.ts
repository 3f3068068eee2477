/** Who takes part in cold starts, and where each has its key from. The empty handler is what the others are held to. */
import { OUR_LAMBDA } from './bundle.ts';
import type { Settings } from './children.ts';
import type { LocalSecrets } from './local-secrets.ts';
import { atMost, type Verdict } from './report.ts';
import { API_KEY } from './requests.ts';
import { median } from './stats.ts';

export interface Contender {
  readonly name: string;
  readonly entry: string;
  readonly env: Settings;
}

export const EMPTY = 'empty';
const TUTORIAL = 'dev/bench/tutorial/lambda.ts';
const TUTORIAL_ON_AWS = 'dev/bench/tutorial/lambda-secrets-manager.ts';

export function coldContenders(stores: LocalSecrets): readonly Contender[] {
  const environment = { ABLY_API_KEY: API_KEY };
  return [
    { name: EMPTY, entry: 'dev/bench/contenders/empty-lambda.ts', env: {} },
    { name: 'ours, environment', entry: OUR_LAMBDA, env: environment },
    { name: 'tutorial, environment', entry: TUTORIAL, env: environment },
    { name: 'ours, extension', entry: OUR_LAMBDA, env: stores.extension },
    { name: 'ours, Secrets Manager', entry: OUR_LAMBDA, env: stores.secretsManager },
    { name: 'tutorial, Secrets Manager', entry: TUTORIAL_ON_AWS, env: stores.secretsManager },
  ];
}

/** @param how said before each: `cold`, or under which runtime */
export function coldVerdicts(how: string, addedMs: (name: string) => readonly number[]): readonly Verdict[] {
  const verdict = (limit: number, budget: string, ours: string, theirs: string): Verdict =>
    atMost(
      `${how}, key from the ${budget} of what the tutorial adds`,
      limit,
      median(addedMs(ours)) / median(addedMs(theirs)),
    );
  return [
    // The tutorial's handler on AWS reads its key through the SDK. With its key in the environment as well it is in the
    // table, for whoever compares like with like, and under no budget.
    verdict(0.2, 'environment: at most a fifth', 'ours, environment', 'tutorial, Secrets Manager'),
    verdict(0.2, 'extension: at most a fifth', 'ours, extension', 'tutorial, Secrets Manager'),
    verdict(0.6, 'AWS SDK: at most 0.6', 'ours, Secrets Manager', 'tutorial, Secrets Manager'),
  ];
}
