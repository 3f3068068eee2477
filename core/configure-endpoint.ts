/**
 * An endpoint of a definition, an environment and a key source: the config is read whole, with all that can be wrong
 * with it. What every composition root calls but those that are started for one request (glance/resolve-at-start.ts).
 */
import { assembleEndpoint, type ConfiguredEndpoint, type EndpointParts } from './assemble-endpoint.ts';
import { resolveConfig } from './resolve-config.ts';

export type { ChosenKeySource, ChosenStore, ConfiguredEndpoint, EndpointParts } from './assemble-endpoint.ts';

export function configureEndpoint(parts: EndpointParts): ConfiguredEndpoint {
  return assembleEndpoint(resolveConfig(parts.definition, parts.env), parts);
}
