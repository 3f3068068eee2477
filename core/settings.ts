/**
 * The environment variables that mean something to us, and how the ones that core needs are read.
 *
 * Core never touches the process: a composition root hands the environment in. This list is complete; a test compares
 * it with the README and with what the code reads. A config literal beats a variable, a rule beats both.
 */
import type { ConfigProblem } from './config-problem.ts';
import type { TokenFormat } from './token/settled-params.ts';
import { readTokenFormat, readTtlMs } from './token/token-options.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Name to meaning, as the README's table has it. */
export const SETTINGS = {
  ABLY_API_KEY: 'the Ably API key, `appId.keyId:secret`',
  ABLY_API_KEY_PREVIOUS: 'the key before it, while rotating; verifies and revokes, never signs',
  ABLY_API_KEY_SECRET_ID: 'name or ARN of the AWS Secrets Manager secret that holds the key',
  ABLY_API_KEY_SECRET_FIELD: 'the field that holds it, when the secret or parameter is JSON',
  ABLY_API_KEY_PARAMETER:
    'name or ARN of the AWS SSM parameter that holds it; exactly one of the three ways may be set',
  ABLY_CONTROL_TOKEN: 'an access token of Ably’s Control API, for the command that rotates the key',
  ABLY_CONTROL_TOKEN_SECRET_ID: 'the AWS secret that holds such a token, for the rotation function',
  ABLY_CONTROL_URL: 'another Control API than Ably’s',
  ABLY_AUTH_POLICY:
    'rules for the Vercel and Netlify drop-ins: JSON, or the name of a `.json` file beside the function',
  ABLY_AUTH_ISSUER: 'who signs your callers’ tokens: the `issuer` of an OpenID Connect provider, exactly as it says it',
  ABLY_AUTH_AUDIENCE: 'whom those tokens must be for, the `aud` claim; several separated by commas',
  ABLY_AUTH_JWKS_URL: 'where the issuer’s keys are, when it has no `/.well-known/openid-configuration`',
  ABLY_AUTH_ALLOWED_ORIGINS: 'exact origins that may call from a browser, comma-separated',
  ABLY_AUTH_CORS: '`function` (default), or `platform` when a gateway writes the CORS headers',
  ABLY_AUTH_TOKEN_FORMAT: '`token-request` (default), `jwt`, `ably-token`, `embedded-jwt` or `auto`',
  ABLY_AUTH_TTL: 'how long a token lives, `15m`, `1h` (default); a minute to 24 hours',
  ABLY_AUTH_SESSION_SECRET: 'signs session cookies; 32 bytes or more; `new,old` while rotating',
  ABLY_AUTH_STORE:
    'where what must be remembered is kept: `memory`, `dynamodb:<table>`, `redis://…`, `rediss://…` or `netlify-blobs:<name>`',
  ABLY_AUTH_EMBEDDED_SECRET: 'signs, or encrypts, the outer JWT of `embedded-jwt`; 32 bytes or more',
  ABLY_AUTH_RATE_LIMIT: 'how often one caller may ask: `60/1m` is sixty a minute; not limited by default',
  ABLY_AUTH_OPERATOR_SECRET: 'opens the details of `?health`; 32 bytes or more; `new,old` while rotating',
  ABLY_AUTH_LOG: '`json` (default), `pretty` or `silent`',
  ABLY_AUTH_METRICS: '`emf`: CloudWatch metrics in the lines of the JSON log; none by default',
  ABLY_AUTH_SERVER_TIMING: '`true`: a credential comes with `Server-Timing`, how long each stage took',
  ABLY_ENDPOINT: 'another Ably-compatible service, host name only',
  ABLY_PORT: 'its port',
  ABLY_TLS: '`false` when it speaks plain HTTP',
  HOST: 'where the local server (127.0.0.1) and the container (0.0.0.0) listen',
  PORT: 'on which port (3000); 0: the system chooses',
} as const satisfies Record<string, string>;

/** What core reads of it; a variable that is unset or empty leaves its field out. */
export interface CoreSettings {
  readonly allowedOrigins?: readonly string[];
  readonly cors?: 'function' | 'platform';
  readonly tokenFormat?: TokenFormat;
  readonly ttlMs?: number;
  readonly serverTiming?: boolean;
}

/** @param problems receives every variable that cannot be read */
export function readCoreSettings(env: Environment, problems: ConfigProblem[]): CoreSettings {
  const origins = env.ABLY_AUTH_ALLOWED_ORIGINS;
  const cors = env.ABLY_AUTH_CORS;
  const format = env.ABLY_AUTH_TOKEN_FORMAT;
  const ttl = env.ABLY_AUTH_TTL;
  const tokenFormat = format ? readTokenFormat(format, 'ABLY_AUTH_TOKEN_FORMAT', problems) : undefined;
  const ttlMs = ttl ? readTtlMs(ttl, 'ABLY_AUTH_TTL', problems) : undefined;
  if (cors && cors !== 'function' && cors !== 'platform') {
    problems.push({ setting: 'ABLY_AUTH_CORS', problem: 'it is unknown', fix: 'Write function or platform' });
  }
  const timing = env.ABLY_AUTH_SERVER_TIMING;
  if (timing && timing !== 'true' && timing !== 'false') {
    problems.push({ setting: 'ABLY_AUTH_SERVER_TIMING', problem: 'it is unknown', fix: 'Write true or false' });
  }
  return {
    ...(origins && { allowedOrigins: listIn(origins) }),
    ...(cors && { cors: cors === 'platform' ? 'platform' : 'function' }),
    ...(tokenFormat && { tokenFormat }),
    ...(ttlMs !== undefined && { ttlMs }),
    ...(timing && { serverTiming: timing === 'true' }),
  };
}

/** The secrets in `ABLY_AUTH_SESSION_SECRET`, for `session({ secrets })`. */
export function sessionSecrets(env: Environment): readonly string[] {
  return listIn(env.ABLY_AUTH_SESSION_SECRET ?? '');
}

/** What stands between the commas. */
export function listIn(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
