/**
 * What AWS itself vouches for in an event: the caller's address, the request's id, and what an authorizer verified.
 *
 * Claims are passed on as they are: every front door writes them differently (an HTTP API writes a list as "[a b]"),
 * and what they mean is decided elsewhere. Never read from headers, which the client writes.
 */
import type { APIGatewayEventRequestContext, APIGatewayProxyEventV2 } from 'aws-lambda';
import type { AuthRequest, PlatformVerifier } from '../../core/http.ts';
import { readTrace } from './read-trace.ts';

type Claims = Readonly<Record<string, unknown>>;

interface Verified {
  readonly by: PlatformVerifier;
  readonly claims: Claims;
}

export function knownPlatform(
  clientIp: string | null | undefined,
  requestId: string | null | undefined,
  verified: Verified | undefined,
): AuthRequest['platform'] {
  const platform: { -readonly [Name in keyof AuthRequest['platform']]: AuthRequest['platform'][Name] } = {};
  if (clientIp) platform.clientIp = clientIp;
  if (requestId) platform.requestId = requestId;
  const trace = readTrace(process.env._X_AMZN_TRACE_ID);
  if (trace) platform.trace = trace;
  if (verified) {
    platform.verifiedClaims = verified.claims;
    platform.verifiedBy = verified.by;
  }
  return platform;
}

/** One route has one authorizer: a JWT one, a Lambda one, or IAM (HTTP API and Function URL). */
export function v2Claims(context: APIGatewayProxyEventV2['requestContext']): Verified | undefined {
  const { authorizer } = context as { readonly authorizer?: unknown };
  if (!isClaims(authorizer)) return undefined;
  const { jwt, lambda, iam } = authorizer;
  if (isClaims(jwt) && isClaims(jwt.claims)) return { by: 'jwt', claims: jwt.claims };
  if (isClaims(lambda)) return { by: 'lambda', claims: lambda };
  return isClaims(iam) ? { by: 'iam', claims: iam } : undefined;
}

/**
 * Cognito and JWT authorizers put their claims under `claims`, a JWT one with `scopes` beside them; a Lambda authorizer
 * lays its context flat. IAM of a REST API leaves no authorizer but names in `identity`, of which only those that a
 * signature proved are taken: the same object holds the client's own User-Agent.
 */
export function restClaims(context: Readonly<APIGatewayEventRequestContext>): Verified | undefined {
  const authorizer: unknown = context.authorizer;
  if (isClaims(authorizer)) {
    // REST APIs have a Lambda authorizer's context in plain values only: an object there is not its doing.
    if (!isClaims(authorizer.claims)) return { by: 'lambda', claims: authorizer };
    return { by: 'scopes' in authorizer ? 'jwt' : 'cognito', claims: authorizer.claims };
  }
  const { userArn, user, caller, accountId, accessKey, cognitoIdentityId, cognitoIdentityPoolId } =
    context.identity ?? {};
  if (!userArn) return undefined;
  const { cognitoAuthenticationType } = context.identity;
  const pool = { cognitoIdentityId, cognitoIdentityPoolId, cognitoAuthenticationType };
  return { by: 'iam', claims: { userArn, user, caller, accountId, accessKey, ...pool } };
}

/**
 * The last element of X-Forwarded-For: the address that the load balancer itself saw, and appended. All before it was
 * sent by the client. With the balancer's `xff_header_processing` set to `preserve` it appends nothing, and no element
 * can be trusted; leave it at `append`.
 */
export function forwardedClientIp(headers: ReadonlyMap<string, readonly string[]>): string | undefined {
  const last = headers.get('x-forwarded-for')?.at(-1)?.split(',').at(-1)?.trim();
  // With client ports preserved it is `203.0.113.7:4711` or `[2001:db8::7]:4711`.
  return last && (/^\[([^\]]*)\](?::\d+)?$/.exec(last)?.[1] ?? /^([^:]*):\d+$/.exec(last)?.[1] ?? last);
}

function isClaims(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
