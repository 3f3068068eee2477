/**
 * One thing that is wrong with a configuration. Collected, never thrown one by one: whoever deploys sees the whole
 * list at once.
 */
export interface ConfigProblem {
  /** What to change: an environment variable, or the path in the config, `rules[2].grant`. */
  readonly setting: string;
  /** What is wrong, without the value when the value may be secret. */
  readonly problem: string;
  /** The first thing to do. */
  readonly fix: string;
}

/** One line a problem, for a console or a log. */
export function describeProblem({ setting, problem, fix }: ConfigProblem): string {
  return `${setting}: ${problem}. ${fix}`;
}
