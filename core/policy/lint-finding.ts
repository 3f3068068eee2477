/** One thing that is allowed in a policy and still hardly meant, and how those who look for such things report it. */

export interface LintFinding {
  /** `error`: refused when deployed. `warning`: hardly meant. `note`: worth knowing once. */
  readonly severity: 'error' | 'warning' | 'note';
  /** The path in the config, `rules[2].grant["room:*"]`. */
  readonly setting: string;
  readonly finding: string;
  /** The first thing to do. */
  readonly fix: string;
}

/** Receives findings; each kind of look at a policy is a file of its own. */
export type Report = (severity: LintFinding['severity'], setting: string, finding: string, fix: string) => void;

/** One line a finding, for a console. */
export function describeFinding({ severity, setting, finding, fix }: LintFinding): string {
  return `${severity}: ${setting}: ${finding}. ${fix}`;
}
