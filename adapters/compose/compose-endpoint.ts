/** What every composition root does that reads its config whole: with all that can be wrong with it. */
import type { AuthDefinition } from '../../core/config.ts';
import type { ConfigProblem } from '../../core/config-problem.ts';
import { resolveConfig } from '../../core/resolve-config.ts';
import { prettyLine } from '../telemetry/pretty-line.ts';
import { type ComposedEndpoint, composeResolved, type ResolvedComposition } from './compose-resolved.ts';

export type { ComposedEndpoint, KeyChoice } from './compose-resolved.ts';

export interface EndpointComposition extends Omit<ResolvedComposition, 'resolution'> {
  readonly definition: AuthDefinition;
}

export function composeEndpoint({ definition, problems = [], ...rest }: EndpointComposition): ComposedEndpoint {
  const { env, metrics } = rest;
  const unread = env.ABLY_AUTH_METRICS && !metrics ? [NO_CLOUDWATCH] : [];
  const resolution = resolveConfig(definition, env);
  return composeResolved({ ...rest, prettyLine, problems: [...problems, ...unread], resolution });
}

const NO_CLOUDWATCH: ConfigProblem = {
  setting: 'ABLY_AUTH_METRICS',
  problem: 'no CloudWatch reads the log of this function',
  fix: 'Leave it out',
};
