/** `explain`: what a caller gets and why, for claims that are stated or a credential that a client really sent. */
import { checkConfig, withPlaceholders } from '../core/check-config.ts';
import type { ConfigProblem } from '../core/config-problem.ts';
import { type ExplainOptions, type Explanation, explainPolicy } from '../core/policy/explain.ts';
import { describeExplanation } from '../core/policy/explain-text.ts';
import { describeFinding, type LintFinding } from '../core/policy/lint-finding.ts';
import { REMEDIES } from '../core/remedies.ts';
import type { Environment } from '../core/settings.ts';
import { defineCommand, type ExitCode, type Style, type Terminal } from './command.ts';
import { describeRefusal } from './describe-refusal.ts';
import { ASKED_OPTIONS, CLAIMS, readAsked } from './explain-arguments.ts';
import { type CallerFound, findCaller } from './find-caller.ts';
import { CONFIG_FILE, readConfig } from './read-config.ts';
import { readEnvironment } from './read-environment.ts';

export const explain = defineCommand({
  about:
    'Which rules matched and why the others did not, what each granted, what was left out, and the token that comes of it: the real decision, which a request would get. Functions of the policy are really called; nothing is sent to Ably.',
  operands: [CLAIMS],
  options: {
    ...ASKED_OPTIONS,
    config: CONFIG_FILE,
    env: { value: 'FILE', about: 'settings to read the config with, over those of this shell' },
    lint: { about: 'also what lint finds about the rules that cover this caller' },
    json: { about: '{credential, refusal, note, identity, rules, outcome, answer, findings}' },
  },
  more: [
    'A - in the place of one value reads it from standard input, so that it is kept out of the shell’s history. A credential is verified by the config’s own sources. One that is not accepted is said so, and explained as it states.',
    '',
    'Shows claim values, and no secret.',
    'Exit code: 0 whatever the answer; 1 when the config is wrong; 2 when it was not asked.',
  ].join('\n'),
  async run({ values, operands }, terminal): Promise<ExitCode> {
    const asked = await readAsked(values, operands[0], terminal);
    const env = withSession(await readEnvironment(values.env, terminal));
    const { definition, problems } = await readConfig(values.config, terminal.folder, env);
    const found = await findCaller(asked, definition, env);
    const options: ExplainOptions = { env, wishes: asked.wishes, ...(asked.question && { question: asked.question }) };
    const explanation =
      found.credential === 'unreadable'
        ? undefined
        : withProblems(await explainPolicy(definition, found.caller, options), problems);
    const findings =
      values.lint && explanation ? findingsAbout(explanation, checkConfig(definition, env).findings) : [];
    if (values.json) {
      const { credential, refusal, note } = found;
      const linted = values.lint ? { findings } : {};
      terminal.print(JSON.stringify({ credential, refusal, note, ...explanation, ...linted }, undefined, 2));
    } else {
      const described = explanation ? [describeExplanation(explanation), ...findings.map(describeFinding)] : [];
      terminal.print(paintLabels([...describeFound(found), ...described].join('\n'), terminal));
    }
    return explanation?.outcome.kind === 'misconfigured' ? 1 : 0;
  },
});

/** Sessions exist where nothing else says who calls, as in the tests of a policy; beside an issuer they would add a prefix. */
function withSession(env: Environment): Environment {
  return env.ABLY_AUTH_ISSUER || env.ABLY_AUTH_SESSION_SECRET ? env : withPlaceholders(env);
}

/** Of a JSON policy with problems, a stand-in was explained. */
function withProblems(explanation: Explanation, problems: readonly ConfigProblem[]): Explanation {
  if (problems.length === 0) return explanation;
  return { identity: explanation.identity, rules: [], outcome: { kind: 'misconfigured', problems } };
}

/** Of the rules that cover the caller, and of the config as a whole. */
function findingsAbout({ rules }: Explanation, findings: readonly LintFinding[]): readonly LintFinding[] {
  return findings.filter(({ setting }) => {
    const index = /^rules\[(\d+)\]/.exec(setting)?.[1];
    return index === undefined || rules[Number(index)]?.matched === true;
  });
}

function describeFound({ credential, refusal, note }: CallerFound): readonly string[] {
  return [
    ...(refusal
      ? [`NOT VERIFIED  ${describeRefusal(refusal, ' for it')}`, `              ${REMEDIES[refusal.reason]}`]
      : []),
    ...(credential === 'not verified'
      ? ['              Below: what its claims would get if they were true. Anybody can write them.', '']
      : []),
    ...(note ? [`note    ${note}`] : []),
  ];
}

const LABELS: Readonly<Record<string, Style>> = {
  ...{ 'NOT VERIFIED': 'red', refused: 'red', wrong: 'red', no: 'red' },
  ...{ gets: 'green', yes: 'green' },
  ...{ note: 'yellow', caller: 'bold', rule: 'bold', 'warning:': 'yellow', 'note:': 'cyan' },
};

/** What each line is about, which it opens with. */
function paintLabels(lines: string, { paint }: Terminal): string {
  const labels = new RegExp(`^(${Object.keys(LABELS).join('|')})(?= )`, 'gm');
  return lines.replace(labels, (label) => paint(LABELS[label] ?? 'bold', label));
}
