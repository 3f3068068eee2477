/** `explain`: what a caller gets and why, for claims that are stated or a credential that a client really sent. */
import { withPlaceholders } from '../core/check-config.ts';
import type { ConfigProblem } from '../core/config-problem.ts';
import { FAILURES } from '../core/errors.ts';
import { type ExplainOptions, type Explanation, explainPolicy } from '../core/policy/explain.ts';
import { describeExplanation } from '../core/policy/explain-text.ts';
import { REMEDIES } from '../core/remedies.ts';
import type { Environment } from '../core/settings.ts';
import { type Command, type ExitCode, readArguments, readEnvironment, type Terminal } from './command.ts';
import { ASKED_OPTIONS, readAsked } from './explain-arguments.ts';
import { type CallerFound, findCaller } from './find-caller.ts';
import { readConfig } from './read-config.ts';

const HELP = `Usage: ably-auth-functions explain [CLAIMS | --token T | --cookie C | --header H] [--may OP --on CHANNEL]

Which rules matched and why the others did not, what each granted, what was left out, and the token that comes of it:
the real decision, which a request would get. Functions of the policy are really called; nothing is sent to Ably.

Who asks (nothing: an anonymous caller)
  CLAIMS                  as a session or a token has them, '{"sub":"bob"}'
  --kind, --source        what claims alone do not say: user, guest or anonymous; the identity source
  --token TOKEN           what the client sends after "Authorization: Bearer"
  --cookie 'NAME=VALUE'   its Cookie header
  --header 'NAME: VALUE'  another header; may be repeated
  A - in the place of one value reads it from standard input, so that it is kept out of the shell's history.
  A credential is verified by the config's own sources. One that is not accepted is said so, and explained as it states.

What they ask for
  --may OP --on CHANNEL   may they, for instance, --may publish --on room:7?
  --capability JSON       the capability that the client asks for
  --client-id ID          the clientId that it asks for

  --config FILE           auth.config.ts (default: the one in this folder), .js, or a policy as .json
  --env FILE              settings to read the config with, over those of this shell
  --json                  all of it as one object

Shows claim values, and no secret. Exit code: 0 whatever the answer, 1 when the config is wrong, 2 when it was not asked.`;

const OPTIONS = {
  ...ASKED_OPTIONS,
  config: { type: 'string' },
  env: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const explain: Command = {
  help: HELP,
  async run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
    const { values, positionals } = readArguments(args, OPTIONS, 1);
    const asked = await readAsked(values, positionals[0], terminal);
    const env = withSession(await readEnvironment(values.env, terminal));
    const { definition, problems } = await readConfig(values.config, terminal.folder, env);
    const found = await findCaller(asked, definition, env);
    const options: ExplainOptions = { env, wishes: asked.wishes, ...(asked.question && { question: asked.question }) };
    const explanation =
      found.credential === 'unreadable'
        ? undefined
        : withProblems(await explainPolicy(definition, found.caller, options), problems);
    if (values.json) {
      const { credential, refusal, note } = found;
      terminal.print(JSON.stringify({ credential, refusal, note, ...explanation }, undefined, 2));
    } else {
      const described = explanation ? [describeExplanation(explanation)] : [];
      terminal.print([...describeFound(found), ...described].join('\n'));
    }
    return explanation?.outcome.kind === 'misconfigured' ? 1 : 0;
  },
};

/** Sessions exist where nothing else says who calls, as in the tests of a policy; beside an issuer they would add a prefix. */
function withSession(env: Environment): Environment {
  return env.ABLY_AUTH_ISSUER || env.ABLY_AUTH_SESSION_SECRET ? env : withPlaceholders(env);
}

/** Of a JSON policy with problems, a stand-in was explained. */
function withProblems(explanation: Explanation, problems: readonly ConfigProblem[]): Explanation {
  if (problems.length === 0) return explanation;
  return { identity: explanation.identity, rules: [], outcome: { kind: 'misconfigured', problems } };
}

function describeFound({ credential, refusal, note }: CallerFound): readonly string[] {
  return [
    ...(refusal
      ? [
          `NOT VERIFIED  A client gets ${refusal.status} ${refusal.reason} for it: ${refusal.detail ?? FAILURES[refusal.reason].message}`,
          `              ${REMEDIES[refusal.reason]}`,
        ]
      : []),
    ...(credential === 'not verified'
      ? ['              Below: what its claims would get if they were true. Anybody can write them.', '']
      : []),
    ...(note ? [`note    ${note}`] : []),
  ];
}
