/**
 * Mints a credential as the endpoint does, by the endpoint itself: with the project's config and key, for a caller whom an
 * operator has named. Every rule, limit and check of a real request holds; only who calls is taken as said.
 */
import type { RefusedEvent } from '../core/auth-event.ts';
import type { AuthConfig, AuthDefinition } from '../core/config.ts';
import type { ConfigProblem } from '../core/config-problem.ts';
import { configureEndpoint } from '../core/configure-endpoint.ts';
import type { AuthRequest } from '../core/http.ts';
import type { Identity, IdentitySource } from '../core/identity/identity.ts';
import type { Environment } from '../core/settings.ts';
import type { TokenFormat } from '../core/token/settled-params.ts';
import { projectParts } from './project-parts.ts';

export interface MintOptions {
  /** `undefined`: whoever the request's own credential says. */
  readonly identity: Identity | undefined;
  /** With what the caller asks for. */
  readonly request: AuthRequest;
  /** Instead of what the policy says. */
  readonly format: TokenFormat | undefined;
  /** At most what the policy says. */
  readonly ttlMs: number | undefined;
  readonly env: Environment;
}

export type Minted =
  | { readonly kind: 'minted'; readonly credential: string }
  | { readonly kind: 'refused'; readonly status: number; readonly refusal: RefusedEvent | undefined }
  | { readonly kind: 'misconfigured'; readonly problems: readonly ConfigProblem[] };

export async function mint(definition: AuthDefinition, options: MintOptions): Promise<Minted> {
  const { env, request, ttlMs } = options;
  let refusal: RefusedEvent | undefined;
  const endpoint = configureEndpoint({
    ...projectParts({ ...definition, build: (from) => forCaller(definition.build(from), options) }, env),
    onEvent: (event) => {
      if (event.kind === 'refused') refusal = event;
    },
  });
  const problems = await endpoint.allProblems;
  if (problems.length > 0) return { kind: 'misconfigured', problems };
  const query = ttlMs === undefined ? request.query : [...request.query, ['ttl', String(ttlMs)] as const];
  const { status, body } = await endpoint.handle({ ...request, query });
  return status === 200 ? { kind: 'minted', credential: body } : { kind: 'refused', status, refusal };
}

function forCaller(config: AuthConfig, { identity, format, ttlMs }: MintOptions): AuthConfig {
  return {
    ...config,
    // An operator who tries something is none of the callers that it counts.
    rateLimit: false,
    ...(ttlMs !== undefined && { honourRequestedTtl: true }),
    ...(format && { tokenFormat: format, rules: config.rules.map((rule) => ({ ...rule, format })) }),
    ...(identity && { sources: config.sources.map((source) => vouching(source, identity)) }),
  };
}

/** The source of this name says that it is them; the others say nothing. */
function vouching(source: IdentitySource, identity: Identity): IdentitySource {
  return {
    ...source,
    carriesCredential: () => source.name === identity.source,
    verify: () => ({ kind: 'identified', identity }),
  };
}
