/**
 * The Lambda function that revokes: `auth.config.ts` of this project at `/api/ably-auth-revoke`. Bundled by
 * `npm run build` into a folder of its own, and deployed where it is wanted; decides nothing else.
 */
import definition from '../../auth.config.ts';
import { resolveAtStart } from '../../core/glance/resolve-at-start.ts';
import { createRevokeEndpoint } from '../../core/revocation/revoke-endpoint.ts';
import { createAblyApi } from '../ably/ably-api.ts';
import { composeResolved } from '../compose/compose-resolved.ts';
import { openKeySource } from '../key-sources/open-key-source.ts';
import { createLambdaHandler, type LambdaHandler } from './handler.ts';
import { printLine } from './print-line.ts';

const { env } = process;
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
  createEndpoint: createRevokeEndpoint,
  print: printLine,
  ...lines,
});
if (env.ABLY_AUTH_POLICY) notice('warn', (await import('../compose/unused-policy.ts')).POLICY_IS_NOT_USED);
// What is wrong stands in the log before the function can be frozen.
await endpoint.allProblems;

export const handler: LambdaHandler = createLambdaHandler(endpoint, {
  onUnknownEvent: (line) => notice('info', line),
});
