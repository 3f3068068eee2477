/**
 * From what a deployer wrote to what the endpoint runs on, or to the whole list of what is wrong with it.
 *
 * Everything that can be known before a request is checked and prepared here, and never again.
 */
import { ablySettingsProblems } from './ably-settings.ts';
import { type ClockMode, readClockMode } from './clock/clock-mode.ts';
import type { AuthConfig, AuthDefinition } from './config.ts';
import type { ConfigProblem } from './config-problem.ts';
import { describeThrown } from './describe-thrown.ts';
import type { ResolvedGrants } from './grants/grants-choice.ts';
import { operatorSecretProblems } from './health/operator-secret.ts';
import { areSources, checkSources } from './identity/check-sources.ts';
import type { IdentitySource } from './identity/identity.ts';
import { DEFAULT_TTL_MS, MIN_TTL_MS, TOKEN_REQUEST_WINDOW_MS } from './limits.ts';
import { type Policies, resolvePolicies } from './policy/resolve-policies.ts';
import type { SettleDefaults } from './policy/settle.ts';
import { type RateLimit, readRateLimit } from './rate-limit/rate-limit.ts';
import { checkRevocable } from './revocation/check-revocable.ts';
import type { OnStoreOutage } from './revocation/gate.ts';
import { type CoreSettings, type Environment, readCoreSettings } from './settings.ts';
import type { RecordStore } from './stores.ts';
import { readTokenFormat, readTtlMs } from './token/token-options.ts';
import type { CorsRules } from './wire/cors.ts';
import { type CorsWishes, resolveCors } from './wire/resolve-cors.ts';

export interface ResolvedAuth extends Policies {
  readonly sources: readonly IdentitySource[];
  /** `undefined` where nobody may ask for more. */
  readonly grants: ResolvedGrants | undefined;
  readonly defaults: SettleDefaults;
  readonly cors: CorsRules;
  readonly ttlJitter: number;
  readonly clock: ClockMode;
  readonly secureCookies: boolean;
  readonly serverTiming: boolean;
  readonly store: RecordStore | undefined;
  readonly onStoreOutage: OnStoreOutage;
  readonly rateLimit: RateLimit | undefined;
  readonly docsBaseUrl: string | undefined;
  /** What the deployer wrote, for further-formats.ts. */
  readonly written: AuthConfig;
  /** Whether credentials can be anything else than TokenRequests and plain JWTs. */
  readonly hasFurtherFormats: boolean;
}

export type Resolution =
  | { readonly ok: true; readonly auth: ResolvedAuth }
  | {
      readonly ok: false;
      readonly problems: readonly ConfigProblem[];
      /** What could be read all the same: to find what else is wrong, never to serve with. */
      readonly auth?: ResolvedAuth;
    };

export function resolveConfig(definition: AuthDefinition, env: Environment): Resolution {
  const problems: ConfigProblem[] = [...operatorSecretProblems(env), ...ablySettingsProblems(env)];
  const settings = readCoreSettings(env, problems);
  const config = buildConfig(definition, env, problems);
  if (!config || !areSources(config.sources, problems)) return { ok: false, problems };
  const policies = resolvePolicies(config, problems, definition.rulesFrom);
  const defaults = resolveDefaults(config, settings, policies, problems);
  const auth: ResolvedAuth = {
    sources: config.sources,
    ...policies,
    grants: resolveGrants(config, env, problems),
    defaults,
    cors: resolveCors(corsWishes(config, settings), problems),
    ttlJitter: readJitter(config.ttlJitter, problems),
    clock: readClockMode(config.clock, problems),
    secureCookies: config.secureCookies ?? true,
    serverTiming: config.serverTiming ?? settings.serverTiming ?? false,
    store: config.store,
    onStoreOutage: config.onStoreOutage ?? 'closed',
    rateLimit: readRateLimit(config.rateLimit, env, problems),
    docsBaseUrl: config.docsBaseUrl,
    written: config,
    hasFurtherFormats: hasFurtherFormats(config, policies, defaults),
  };
  checkSources(config.sources, problems);
  return problems.length === 0 ? { ok: true, auth } : { ok: false, problems, auth };
}

function buildConfig(definition: AuthDefinition, env: Environment, problems: ConfigProblem[]): AuthConfig | undefined {
  const setting = definition?.file ?? 'auth.config.ts';
  const fix = 'See the example in the README';
  if (typeof definition?.build !== 'function') {
    problems.push({ setting, problem: 'its default export was not made by defineAuth', fix });
    return undefined;
  }
  try {
    const config = definition.build(env);
    if (Array.isArray(config?.sources) && Array.isArray(config?.rules)) return config;
    problems.push({ setting, problem: 'it has no list of sources or no list of rules', fix });
  } catch (error) {
    const problem = `building it threw ${describeThrown(error)}`;
    problems.push({ setting, problem, fix: 'See what it reads from the environment: often something is not set' });
  }
  return undefined;
}

function resolveDefaults(
  config: AuthConfig,
  settings: CoreSettings,
  { policy }: Policies,
  problems: ConfigProblem[],
): SettleDefaults {
  const { ttl, tokenFormat, assumedSessionSeconds = 3_600 } = config;
  const leastSeconds = (MIN_TTL_MS + TOKEN_REQUEST_WINDOW_MS) / 1000;
  if (!Number.isSafeInteger(assumedSessionSeconds) || assumedSessionSeconds < leastSeconds) {
    const problem = `it is not a whole number of seconds from ${leastSeconds} on`;
    problems.push({ setting: 'assumedSessionSeconds', problem, fix: 'Leave it out for 3,600' });
  }
  const ttlMs = ttl === undefined ? settings.ttlMs : readTtlMs(ttl, 'ttl', problems);
  const format =
    tokenFormat === undefined ? settings.tokenFormat : readTokenFormat(tokenFormat, 'tokenFormat', problems);
  const { revocable = false } = config;
  const setting = tokenFormat === undefined ? 'ABLY_AUTH_TOKEN_FORMAT' : 'tokenFormat';
  checkRevocable(config, policy, { format, setting }, problems);
  return {
    ttlMs: ttlMs ?? DEFAULT_TTL_MS,
    format: format ?? (revocable ? 'jwt' : 'token-request'),
    revocable,
    honourRequestedTtl: config.honourRequestedTtl ?? false,
    assumedSessionMs: assumedSessionSeconds * 1000,
  };
}

/** Whoever lets clients ask brings along how it is done (grants/remembering.ts), so that no other config loads it. */
function resolveGrants(config: AuthConfig, env: Environment, problems: ConfigProblem[]): ResolvedGrants | undefined {
  const { grants, requestable } = config;
  if (typeof grants?.resolve === 'function') return grants.resolve(config, env, problems);
  if (grants !== undefined || requestable !== undefined) {
    const fix = "Write grants: remembering('client')";
    problems.push({ setting: 'grants', problem: 'it does not say where they are remembered', fix });
  }
  return undefined;
}

function readJitter(jitter: number | undefined, problems: ConfigProblem[]): number {
  if (jitter === undefined || (typeof jitter === 'number' && jitter >= 0 && jitter <= 0.5)) return jitter ?? 0;
  problems.push({
    setting: 'ttlJitter',
    problem: 'it is not a number from 0 to 0.5',
    fix: 'Write 0.1, or leave it out',
  });
  return 0;
}

function hasFurtherFormats({ jwt }: AuthConfig, { policy, shadow }: Policies, defaults: SettleDefaults): boolean {
  return (
    jwt !== undefined ||
    [defaults, ...policy.rules, ...(shadow?.rules ?? [])].some((named) => {
      const { format = 'jwt', ...rule } = named;
      return (format !== 'jwt' && format !== 'token-request') || ('jwt' in rule && (rule.jwt || rule.confidential));
    })
  );
}

function corsWishes(config: AuthConfig, settings: CoreSettings): CorsWishes {
  return {
    allowedOrigins: config.allowedOrigins ?? settings.allowedOrigins ?? [],
    setting: config.allowedOrigins ? 'allowedOrigins' : 'ABLY_AUTH_ALLOWED_ORIGINS',
    mode: config.cors ?? settings.cors ?? 'function',
    allowedHeaders: config.allowedHeaders ?? [],
    ambientSources: config.sources.filter(({ ambient }) => ambient).map(({ name }) => name),
  };
}
