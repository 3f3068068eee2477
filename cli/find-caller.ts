/**
 * Who sent this credential: asked of the config's own sources, by the function that a request runs through. What they do
 * not accept is read for what it says of itself, so that an operator without the production secret can still ask; that
 * it is not verified is said as loudly as a terminal can.
 */
import { decodeToken } from '../adapters/identity/decode-token.ts';
import type { AuthDefinition } from '../core/config.ts';
import { AuthFailure, type FailureReason } from '../core/errors.ts';
import type { AuthRequest } from '../core/http.ts';
import { identify } from '../core/identity/identify.ts';
import type { ExplainedCaller } from '../core/policy/explain.ts';
import { type ResolvedAuth, resolveConfig } from '../core/resolve-config.ts';
import type { Environment } from '../core/settings.ts';
import { CannotRun } from './command.ts';
import type { Asked } from './explain-arguments.ts';

export interface CallerFound {
  readonly caller: ExplainedCaller;
  /** `none`: claims were stated, or nothing at all. */
  readonly credential: 'none' | 'verified' | 'not verified' | 'unreadable';
  /** What a client gets for the credential. */
  readonly refusal?: { readonly status: number; readonly reason: FailureReason; readonly detail: string | undefined };
  readonly note?: string;
}

/** @throws CannotRun */
export async function findCaller(asked: Asked, definition: AuthDefinition, env: Environment): Promise<CallerFound> {
  const resolution = resolveConfig(definition, env);
  // Explained as what it is: a config that cannot be used.
  if (!resolution.ok) return { caller: {}, credential: 'none' };
  const { auth } = resolution;
  if (asked.stated) return { caller: checkSource(asked.stated, auth), credential: 'none' };
  const context = { nowMs: Date.now(), secureCookies: auth.secureCookies, allowedOrigins: auth.cors.allowedOrigins };
  try {
    const { identity } = await identify(auth.sources, asked.request, context);
    if (identity.kind !== 'anonymous') return { caller: identity, credential: 'verified' };
    return {
      caller: identity,
      credential: 'none',
      note: 'No identity source takes what was sent for a credential of its form.',
    };
  } catch (error) {
    if (!(error instanceof AuthFailure)) throw error;
    const refusal = { status: error.kind.status, reason: error.reason, detail: error.detail };
    const claims = statedClaims(asked.request);
    if (claims === undefined) return { caller: {}, credential: 'unreadable', refusal };
    const source = sourceOf(auth, asked.request, context);
    return { caller: { claims, ...(source !== undefined && { source }) }, credential: 'not verified', refusal };
  }
}

function checkSource(caller: ExplainedCaller, { sources }: ResolvedAuth): ExplainedCaller {
  const names = sources.map(({ name }) => name);
  if (caller.source === undefined || names.includes(caller.source)) return caller;
  throw new CannotRun(`--source is one of ${names.join(', ')}.`);
}

function sourceOf(
  { sources }: ResolvedAuth,
  request: AuthRequest,
  context: Parameters<ResolvedAuth['sources'][number]['carriesCredential']>[1],
): string | undefined {
  return sources.find((source) => source.carriesCredential(request, context))?.name;
}

/** What the first credential that can be read says of itself. */
function statedClaims({ headers, cookies }: AuthRequest): Readonly<Record<string, unknown>> | undefined {
  const values = [...headers.values()].flat().map((value) => value.replace(/^bearer\s+/i, ''));
  for (const value of [...values, ...cookies.map(([, cookie]) => cookie)]) {
    const decoded = decodeToken(value);
    if ('claims' in decoded) return decoded.claims;
    const sealed = sealedPayload(value);
    if (sealed) return sealed;
  }
  return undefined;
}

/** A session of ours (core/keys/seal.ts): signed, not encrypted. */
function sealedPayload(value: string): Readonly<Record<string, unknown>> | undefined {
  const payload = /^v1\.[\w-]+\.([\w-]+)\.[\w-]+$/.exec(value)?.[1];
  if (payload === undefined) return undefined;
  try {
    const { sub, claims } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
      readonly sub?: unknown;
      readonly claims?: Readonly<Record<string, unknown>>;
    };
    return { ...claims, sub };
  } catch {
    return undefined;
  }
}
