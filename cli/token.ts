/** `token`: a credential for somebody, as the endpoint would issue it, and what is in it. */
import type { ConfigProblem } from '../core/config-problem.ts';
import { configureEndpoint } from '../core/configure-endpoint.ts';
import { parseDurationMs } from '../core/duration.ts';
import { MIN_TTL_MS } from '../core/limits.ts';
import { completeCaller } from '../core/policy/explain.ts';
import { REMEDIES } from '../core/remedies.ts';
import { resolveConfig } from '../core/resolve-config.ts';
import { TOKEN_FORMATS } from '../core/token/settled-params.ts';
import { CannotRun, defineCommand, type ExitCode, listProblems, type Terminal } from './command.ts';
import { describeRefusal } from './describe-refusal.ts';
import { CALLER_OPTIONS, CLAIMS, readAsked } from './explain-arguments.ts';
import { type CallerFound, findCaller } from './find-caller.ts';
import { inspectCredential } from './inspect/inspect-credential.ts';
import { describeInspection } from './inspect/inspection.ts';
import { type Minted, mint } from './mint.ts';
import { projectParts } from './project-parts.ts';
import { CONFIG_FILE, readConfig } from './read-config.ts';
import { readEnvironment } from './read-environment.ts';

export const token = defineCommand({
  about:
    'Issues a credential for somebody, by the rules of the config and signed with your key, as the endpoint would. The credential goes to standard output, what is in it to standard error.',
  operands: [CLAIMS],
  options: {
    ...CALLER_OPTIONS,
    format: { value: 'FORMAT', choices: TOKEN_FORMATS, about: 'instead of what the config says' },
    ttl: { value: 'DURATION', about: 'shorter than the config says: 5m, 90s; a minute or more' },
    config: CONFIG_FILE,
    env: { value: 'FILE', about: 'settings to read the config and the key with, over those of this shell' },
    json: { about: '{credential, contents}, where contents is what inspect tells' },
  },
  more: [
    'The key is read from the environment or from --env, never from an argument: ABLY_API_KEY, or on AWS the secret that is named. A - in the place of one value reads it from standard input. Whoever gets the credential is who you said, until it ends: keep it out of logs and chats.',
    'Exit code: 0; 1 when the caller would be refused; 2 when nothing could be issued.',
  ].join('\n'),
  async run({ values, operands }, terminal): Promise<ExitCode> {
    const ttlMs = values.ttl === undefined ? undefined : parseDurationMs(values.ttl);
    if (values.ttl !== undefined && (ttlMs === undefined || ttlMs < MIN_TTL_MS)) {
      throw new CannotRun('--ttl is a whole number and its unit, a minute or more: 5m, 90s.');
    }
    const asked = await readAsked(values, operands[0], terminal);
    const env = await readEnvironment(values.env, terminal);
    const { definition, problems } = await readConfig(values.config, terminal.folder, env);
    if (problems.length > 0) throw cannotIssue(problems);
    const resolution = resolveConfig(definition, env);
    // The endpoint's own list, of its key, its store and further formats as well.
    if (!resolution.ok) throw cannotIssue(await configureEndpoint(projectParts(definition, env)).allProblems);
    const found = await findCaller(asked, definition, env);
    if (found.refusal) return refuseCredential(found, terminal);
    const identity = asked.stated && completeCaller(found.caller, resolution.auth.sources);
    const minted = await mint(definition, { identity, request: asked.request, format: values.format, ttlMs, env });
    if (minted.kind === 'misconfigured') throw cannotIssue(minted.problems);
    if (minted.kind === 'refused') return refuseCaller(minted, terminal);

    const nowMs = Date.now();
    const contents = inspectCredential(minted.credential, { env, nowMs });
    if (values.json) {
      terminal.print(JSON.stringify({ credential: minted.credential, contents }, undefined, 2));
    } else {
      // Standard error may go elsewhere than where colours were asked for.
      terminal.note(describeInspection(contents, nowMs, { paint: (_, text) => text }).join('\n'));
      terminal.print(minted.credential);
    }
    return 0;
  },
});

/** An operator with the key could sign it all the same, and would not know for whom. */
function refuseCredential({ refusal }: CallerFound, { note }: Terminal): ExitCode {
  if (!refusal) return 0;
  note(describeRefusal(refusal, ' for it'));
  note(`${REMEDIES[refusal.reason]} Or state the claims instead.`);
  return 1;
}

function refuseCaller({ status, refusal }: Extract<Minted, { kind: 'refused' }>, { note }: Terminal): ExitCode {
  if (!refusal) note(`A client gets ${status}.`);
  else {
    note(describeRefusal({ ...refusal, status }));
    note(`${REMEDIES[refusal.reason]} ably-auth-functions explain says more.`);
  }
  return 1;
}

function cannotIssue(problems: readonly ConfigProblem[]): CannotRun {
  return new CannotRun(listProblems('Nothing can be issued:', problems));
}
