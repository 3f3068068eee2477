/** What every composition root does that reads its config whole: with all that can be wrong with it. */
import type { AuthDefinition } from '../../core/config.ts';
import { resolveConfig } from '../../core/resolve-config.ts';
import { prettyLine } from '../telemetry/pretty-line.ts';
import { type ComposedEndpoint, composeResolved, type ResolvedComposition } from './compose-resolved.ts';

export type { ComposedEndpoint, KeyChoice } from './compose-resolved.ts';

export interface EndpointComposition extends Omit<ResolvedComposition, 'resolution'> {
  readonly definition: AuthDefinition;
}

export function composeEndpoint({ definition, ...rest }: EndpointComposition): ComposedEndpoint {
  return composeResolved({ ...rest, prettyLine, resolution: resolveConfig(definition, rest.env) });
}
