/** `lint`: prints what core finds about a config, and turns its weight into an exit code. */
import { checkConfig, withPlaceholders } from '../core/check-config.ts';
import { describeFinding, type LintFinding } from '../core/policy/lint-finding.ts';
import { CannotRun, defineCommand, type ExitCode, type Terminal } from './command.ts';
import { CONFIG_FILE, readConfig } from './read-config.ts';
import { readEnvironment } from './read-environment.ts';

export const lint = defineCommand({
  about:
    'Finds what is wrong with a config, and what is allowed and hardly meant: rules that nobody reaches, patterns that match nothing, rights without effect or further than one thinks. Needs no secret and asks no function of the policy.',
  operands: [{ name: CONFIG_FILE.value, about: CONFIG_FILE.about }],
  options: {
    strict: { about: 'warnings count as errors; notes never do' },
    env: { value: 'FILE', about: 'settings to read the config with, over those of this shell' },
    json: { about: 'a list of {severity, setting, finding, fix}' },
  },
  more: 'Exit code: 0; 1 when there is an error; 2 when the config could not be looked at.',
  async run({ values, operands }, terminal): Promise<ExitCode> {
    const env = await readEnvironment(values.env, terminal);
    const { file, definition, problems } = await readConfig(operands[0], terminal.folder, withPlaceholders(env));
    const check = checkConfig(definition, env);
    if (check.unchecked) throw new CannotRun(`${file}: ${check.unchecked}. Give it what it reads, with --env.`);
    const findings: readonly LintFinding[] = [
      ...[...problems, ...check.problems].map(
        ({ setting, problem, fix }): LintFinding => ({ severity: 'error', setting, finding: problem, fix }),
      ),
      // Of a policy with problems, a stand-in was looked at.
      ...(problems.length > 0 ? [] : check.findings),
    ];
    if (values.json) terminal.print(JSON.stringify(findings, undefined, 2));
    else
      terminal.print(
        [...findings.map((finding) => paintFinding(finding, terminal)), summary(file, findings)].join('\n'),
      );
    const heavy = findings.some(({ severity }) => severity === 'error' || (values.strict && severity === 'warning'));
    return heavy ? 1 : 0;
  },
});

const STYLES = { error: 'red', warning: 'yellow', note: 'cyan' } as const;

function paintFinding(finding: LintFinding, { paint }: Terminal): string {
  return describeFinding(finding).replace(/^\w+/, (severity) => paint(STYLES[finding.severity], severity));
}

function summary(file: string, findings: readonly LintFinding[]): string {
  if (findings.length === 0) return `${file}: nothing found.`;
  const counts = (['error', 'warning', 'note'] as const)
    .map((severity) => ({ severity, count: findings.filter((finding) => finding.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${severity}${count === 1 ? '' : 's'}`);
  return `${file}: ${counts.join(', ')}.`;
}
