/**
 * The endpoint that revokes beside the one that issues, for servers that are one process: over the same key, records and
 * log. There where a rule lets somebody revoke, and read when it is first asked.
 */
import { type AuthEndpoint, createAuthEndpoint, type EndpointPorts } from '../auth-endpoint.ts';
import type { ResolvedAuth } from '../resolve-config.ts';

export interface RevokeBeside {
  /** For `configureEndpoint`. */
  readonly createEndpoint: typeof createAuthEndpoint;
  /** `undefined` until an endpoint was made, and where nobody may revoke. */
  endpoint(): AuthEndpoint | undefined;
}

export function createRevokeBeside(): RevokeBeside {
  let endpoint: AuthEndpoint | undefined;
  return Object.freeze({
    createEndpoint(auth, ports) {
      const isWanted = ports.ably && auth.policy.rules.some(({ mayRevoke }) => mayRevoke !== undefined);
      endpoint = isWanted ? whenAsked(auth, ports) : undefined;
      return createAuthEndpoint(auth, ports);
    },
    endpoint: () => endpoint,
  } satisfies RevokeBeside);
}

function whenAsked(auth: ResolvedAuth, ports: EndpointPorts): AuthEndpoint {
  let made: AuthEndpoint | undefined;
  return Object.freeze({
    async handle(request) {
      const { createRevokeEndpoint } = await import('./revoke-endpoint.ts');
      made ??= createRevokeEndpoint(auth, ports);
      return made.handle(request);
    },
  } satisfies AuthEndpoint);
}
