/**
 * The numbers that docs/scale.md is computed from: limits of others with their source, and what we assume of a request.
 * The assumptions are bounds; test/capacity holds them against the measured figures of docs/benchmarks.md.
 */

/** https://ably.com/docs/platform/pricing/limits#api and #connection, per account. Enterprise: by agreement. */
export const PLANS = [
  {
    plan: 'Free',
    tokenRequestsPerSecond: 50,
    tokenRequestsPerHour: 60_000,
    connections: 200,
    newConnectionsPerSecond: 42,
  },
  {
    plan: 'Standard',
    tokenRequestsPerSecond: 250,
    tokenRequestsPerHour: 360_000,
    connections: 10_000,
    newConnectionsPerSecond: 250,
  },
  {
    plan: 'Pro',
    tokenRequestsPerSecond: 500,
    tokenRequestsPerHour: 720_000,
    connections: 50_000,
    newConnectionsPerSecond: 500,
  },
] as const;

/** Defaults of an account in one region; all but the scaling rate and the secret's can be raised on request. */
export const AWS = {
  /** https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
  gatewayPerSecond: 10_000,
  /** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html; a new account may begin with ten. */
  lambdaConcurrency: 1_000,
  /** https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html, a function. */
  newEnvironmentsPerSecond: 100,
  /** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
  getSecretValuePerSecond: 10_000,
  /** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html, an on-demand table. */
  tableReadUnitsPerSecond: 40_000,
} as const;

/** Of our own templates, `ThrottleRate`. */
export const TEMPLATE_THROTTLE_PER_SECOND = 1_000;

/** Ably asks a connected client for another token this long before the one that it has ends (RTN22). */
export const RENEWAL_LEAD_SECONDS = 30;

/** What one request holds an execution environment for, rounded up from what was measured here. */
export const ASSUMED = {
  /** The key cached, nothing to look up. */
  warmMs: 5,
  /** One consistent read of a store in the same region, for the gate or for grants. */
  storeReadMs: 10,
  /** The first request of an environment, the key read from Secrets Manager. */
  coldMs: 500,
} as const;

/** The key is read once in this time by an environment that is asked (core/keys/key-ring.ts). */
export const KEY_REFRESH_SECONDS = 300;
