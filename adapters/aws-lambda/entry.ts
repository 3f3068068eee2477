/**
 * The Lambda function: `auth.config.ts` of this project, the key from wherever the settings say, one log line a
 * request. Bundled by `npm run build`; decides nothing else.
 *
 * Runs no input or output while it is imported: the key is read by the first request (S11, S12).
 */
import definition from '../../auth.config.ts';
import { resolveAtStart } from '../../core/glance/resolve-at-start.ts';
import { createAblyApi } from '../ably/ably-api.ts';
import { composeResolved } from '../compose/compose-resolved.ts';
import { openKeySource } from '../key-sources/open-key-source.ts';
import { createLambdaHandler, type LambdaHandler } from './handler.ts';
import { printLine } from './print-line.ts';

const { env } = process;
// What most functions do without is not even read: they keep nothing.
const store = env.ABLY_AUTH_STORE && (await import('../compose/prebuilt-store.ts')).choosePrebuiltStore(env);
const keySource = openKeySource(env) ?? (await import('../key-sources/choose-key-source.ts')).chooseKeySource(env);
const asksForMore = env.ABLY_AUTH_LOG === 'pretty' || env.ABLY_AUTH_METRICS;
const lines = asksForMore && (await import('../compose/further-lines.ts')).furtherLines(env);
const { endpoint, notice } = composeResolved({
  resolution: await resolveAtStart(definition, env),
  env,
  keySource,
  ably: createAblyApi(env),
  ...(store && { store }),
  print: printLine,
  ...lines,
});
if (env.ABLY_AUTH_POLICY) notice('warn', (await import('../compose/unused-policy.ts')).POLICY_IS_NOT_USED);
// What is wrong stands in the log before the function can be frozen.
await endpoint.allProblems;

export const handler: LambdaHandler = createLambdaHandler(endpoint, {
  onUnknownEvent: (line) => notice('info', line),
});
