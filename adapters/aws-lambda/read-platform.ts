/**
 * What AWS itself vouches for in an event: the caller's address, the request's id, and what an authorizer verified.
 *
 * Claims are passed on as they are: every front door writes them differently (an HTTP API writes a list as "[a b]"),
 * and what they mean is decided elsewhere. Never read from headers, which the client writes.
 */
import type { APIGatewayEventRequestContext, APIGatewayProxyEventV2 } from 'aws-lambda';
import type { AuthRequest } from '../../core/http.ts';

type Claims = Readonly<Record<string, unknown>>;

export function knownPlatform(
  clientIp: string | null | undefined,
  requestId: string | null | undefined,
  verifiedClaims: Claims | undefined,
): AuthRequest['platform'] {
  const platform: { clientIp?: string; requestId?: string; verifiedClaims?: Claims } = {};
  if (clientIp) platform.clientIp = clientIp;
  if (requestId) platform.requestId = requestId;
  if (verifiedClaims) platform.verifiedClaims = verifiedClaims;
  return platform;
}

/** One route has one authorizer: a JWT one, a Lambda one, or IAM (HTTP API and Function URL). */
export function v2Claims(context: APIGatewayProxyEventV2['requestContext']): Claims | undefined {
  const { authorizer } = context as { readonly authorizer?: unknown };
  if (!isClaims(authorizer)) return undefined;
  const { jwt, lambda, iam } = authorizer;
  return [isClaims(jwt) ? jwt.claims : undefined, lambda, iam].find(isClaims);
}

/**
 * Cognito and JWT authorizers put their claims under `claims`, a Lambda authorizer lays its context flat. IAM of a REST
 * API leaves no authorizer but names in `identity`, of which only those that a signature proved are taken: the same
 * object holds the client's own User-Agent.
 */
export function restClaims(context: Readonly<APIGatewayEventRequestContext>): Claims | undefined {
  const authorizer: unknown = context.authorizer;
  if (isClaims(authorizer)) return isClaims(authorizer.claims) ? authorizer.claims : authorizer;
  const { userArn, user, caller, accountId, accessKey, cognitoIdentityId, cognitoIdentityPoolId } =
    context.identity ?? {};
  if (!userArn) return undefined;
  return { userArn, user, caller, accountId, accessKey, cognitoIdentityId, cognitoIdentityPoolId };
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
