/**
 * Whether a config is plainly in order, and what the endpoint then runs on. For functions, whose every cold start reads
 * and runs this instead of all that can find and explain a mistake (resolve-config.ts).
 *
 * Decides nothing by itself: whatever it does not know well, a mistake or a rare option alike, is `undefined` here and
 * left to `resolveConfig`, which alone says what is wrong. So a new option needs no line in this file, and a new check of
 * an option that is known here does. test/core/glance holds that nothing passes here which does not pass there, with the
 * same outcome.
 */
import type { AuthConfig, AuthDefinition } from '../config.ts';
import { parseDurationMs } from '../duration.ts';
import type { IdentitySource } from '../identity/identity.ts';
import { DEFAULT_TTL_MS, MAX_TTL_MS, MIN_TTL_MS } from '../limits.ts';
import type { ResolvedAuth } from '../resolve-config.ts';
import { type Environment, listIn } from '../settings.ts';
import { isFitClientId } from '../well-formed.ts';
import type { CorsRules } from '../wire/cors.ts';
import { isOrigin } from '../wire/origin.ts';
import { glanceRules, isPlain, type ReadPreset } from './glance-rules.ts';

const KNOWN: readonly string[] = [
  'sources',
  'rules',
  'ttl',
  'allowedOrigins',
  'store',
  'secureCookies',
  'docsBaseUrl',
] satisfies (keyof AuthConfig)[];

export function glanceConfig(
  definition: AuthDefinition,
  env: Environment,
  readPreset: ReadPreset,
): ResolvedAuth | undefined {
  try {
    return glanceBuilt(definition.build(env), env, readPreset);
  } catch {
    return undefined;
  }
}

function glanceBuilt(config: AuthConfig, env: Environment, readPreset: ReadPreset): ResolvedAuth | undefined {
  if (!isPlain(config, KNOWN) || env.ABLY_AUTH_TOKEN_FORMAT) return undefined;
  if (env.ABLY_AUTH_RATE_LIMIT || env.ABLY_AUTH_SERVER_TIMING) return undefined;
  if (env.ABLY_ENDPOINT || env.ABLY_PORT || env.ABLY_TLS) return undefined;
  if (/[\s,]|^.{1,31}$/.test(env.ABLY_AUTH_OPERATOR_SECRET ?? '')) return undefined;
  const { sources, ttl, store, secureCookies = true, docsBaseUrl } = config;
  const environmentTtlMs = env.ABLY_AUTH_TTL ? fitTtlMs(env.ABLY_AUTH_TTL) : DEFAULT_TTL_MS;
  const ttlMs = environmentTtlMs && (ttl === undefined ? environmentTtlMs : fitTtlMs(ttl));
  const cors = glanceCors(config.allowedOrigins ?? listIn(env.ABLY_AUTH_ALLOWED_ORIGINS ?? ''), env.ABLY_AUTH_CORS);
  if (!ttlMs || !cors || !areInOrder(sources)) return undefined;
  const policy = glanceRules(config.rules, readPreset);
  if (!policy) return undefined;
  return {
    sources,
    policy,
    shadow: undefined,
    grants: undefined,
    defaults: {
      ttlMs,
      format: 'token-request',
      revocable: false,
      honourRequestedTtl: false,
      assumedSessionMs: 3_600_000,
    },
    cors,
    ttlJitter: 0,
    clock: 'local',
    secureCookies,
    serverTiming: false,
    store,
    onStoreOutage: 'closed',
    rateLimit: undefined,
    docsBaseUrl,
    written: config,
    hasFurtherFormats: false,
  };
}

function fitTtlMs(text: string): number | undefined {
  const ttlMs = parseDurationMs(text);
  return ttlMs !== undefined && ttlMs >= MIN_TTL_MS && ttlMs <= MAX_TTL_MS ? ttlMs : undefined;
}

function glanceCors(origins: readonly unknown[], mode: string | undefined): CorsRules | undefined {
  if (!Array.isArray(origins) || (mode && mode !== 'function' && mode !== 'platform')) return undefined;
  const allowedOrigins = new Set<string>();
  for (const origin of origins) {
    if (typeof origin !== 'string' || !isOrigin(origin)) return undefined;
    allowedOrigins.add(origin);
  }
  return { mode: mode === 'platform' ? mode : 'function', allowedOrigins, anyOrigin: false, allowedHeaders: [] };
}

function areInOrder(sources: readonly IdentitySource[]): boolean {
  return (
    Array.isArray(sources) &&
    sources.length > 0 &&
    // Spread, because `every` leaves out what is missing in a list.
    [...sources].every((source, index) => {
      const { name, kinds, problems } = source;
      const asks = typeof source.carriesCredential === 'function' && typeof source.verify === 'function';
      const isSource =
        typeof name === 'string' && name !== '' && Array.isArray(kinds) && Array.isArray(problems) && asks;
      const answersForAll = kinds.includes('anonymous') || source.makesGuests;
      return (
        isSource &&
        problems.length === 0 &&
        source.sharesSubjectsWith === undefined &&
        (!answersForAll || index === sources.length - 1) &&
        (isStranger(source) || isFitClientId(`${source.clientIdPrefix ?? ''}x`)) &&
        sources.slice(0, index).every((other) => other.name !== name && areApart(source, other))
      );
    })
  );
}

/** S19: told apart by their prefixes; that of guests is kept to them when a clientId comes up. */
function areApart(source: IdentitySource, other: IdentitySource): boolean {
  if (isStranger(source) || isStranger(other)) return true;
  const [a = '', b = ''] = [source.clientIdPrefix, other.clientIdPrefix];
  const isGuest = source.makesGuests === true;
  if (isGuest !== (other.makesGuests === true)) return isGuest ? !b.startsWith(a) : !a.startsWith(b);
  return !a.startsWith(b) && !b.startsWith(a);
}

function isStranger({ kinds }: IdentitySource): boolean {
  return kinds.every((kind) => kind === 'anonymous');
}
