/**
 * The server for a container, and for AWS's Lambda Web Functions: `auth.config.ts` of this project at
 * `/api/ably-auth`, at `/api/ably-auth-revoke` where a rule lets somebody revoke, and nothing else. Bundled by `npm run build`; the local server with its demo is another program.
 *
 * A container that cannot serve says why, whole, and exits with 1, so that a rollout stops. On Lambda it stays up and
 * answers 503, as every deployed function does (S11).
 */
import definition from '../../auth.config.ts';
import { type ConfigProblem, describeProblem } from '../../core/config-problem.ts';
import { createRevokeBeside } from '../../core/revocation/revoke-beside.ts';
import { createAblyApi } from '../ably/ably-api.ts';
import { composeEndpoint } from '../compose/compose-endpoint.ts';
import { chooseKeySource } from '../key-sources/choose-key-source.ts';
import { LAMBDA_ENDPOINT, readAddress } from './read-address.ts';
import { startNodeServer } from './serve.ts';

const { env } = process;
const onLambda = Boolean(env[LAMBDA_ENDPOINT]);
const problems: ConfigProblem[] = [];
const address = readAddress(env, problems);
// What most containers do without is not even read: they keep nothing.
const store = env.ABLY_AUTH_STORE && (await import('../compose/prebuilt-store.ts')).choosePrebuiltStore(env);
const metrics = env.ABLY_AUTH_METRICS && (await import('../telemetry/emf-line.ts')).openMetrics(env);
const beside = createRevokeBeside();
const { endpoint, notice } = composeEndpoint({
  definition,
  env,
  keySource: chooseKeySource(env),
  ably: createAblyApi(env),
  ...(store && { store }),
  ...(metrics && { metrics }),
  createEndpoint: beside.createEndpoint,
  logProblems: onLambda,
});
problems.push(...(await endpoint.allProblems));
if (env.ABLY_AUTH_POLICY) notice('warn', (await import('../compose/unused-policy.ts')).POLICY_IS_NOT_USED);

if (!address || (problems.length > 0 && !onLambda)) {
  stop(['Not started:', ...problems.map((problem) => `- ${describeProblem(problem)}`)]);
} else {
  await startNodeServer({ endpoint, revoking: beside.endpoint(), health: endpoint.health, ...address }).then(
    (server) => {
      notice('info', `listening on ${server.url}/api/ably-auth`);
      let closing = false;
      const close = (): void => {
        // Asked a second time, somebody is in a hurry.
        if (closing) process.exit(1);
        closing = true;
        void server.close().then(() => process.exit(0));
      };
      process.on('SIGTERM', close).on('SIGINT', close);
    },
    (error: NodeJS.ErrnoException) =>
      stop([`Not started: ${address.host} port ${address.port} cannot be listened on (${error.code}).`]),
  );
}

function stop(lines: readonly string[]): void {
  console.error(lines.join('\n'));
  process.exitCode = 1;
}
