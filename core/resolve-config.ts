/**
 * From what a deployer wrote to what the endpoint runs on, or to the whole list of what is wrong with it.
 *
 * Everything that can be known before a request is checked and prepared here, and never again.
 */
import type { AuthConfig, AuthDefinition } from './config.ts';
import type { ConfigProblem } from './config-problem.ts';
import type { IdentitySource } from './identity/identity.ts';
import { DEFAULT_TTL_MS, MIN_TTL_MS, TOKEN_REQUEST_WINDOW_MS } from './limits.ts';
import { compilePolicy, type Policy } from './policy/compile-policy.ts';
import type { SettleDefaults } from './policy/settle.ts';
import { type CoreSettings, type Environment, readCoreSettings } from './settings.ts';
import { readTokenFormat, readTtlMs } from './token/token-options.ts';
import type { CorsRules } from './wire/cors.ts';

export interface ResolvedAuth {
  readonly sources: readonly IdentitySource[];
  readonly policy: Policy;
  readonly defaults: SettleDefaults;
  readonly cors: CorsRules;
  readonly secureCookies: boolean;
  readonly docsBaseUrl: string | undefined;
}

export type Resolution =
  | { readonly ok: true; readonly auth: ResolvedAuth }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

export function resolveConfig(definition: AuthDefinition, env: Environment): Resolution {
  const problems: ConfigProblem[] = [];
  const settings = readCoreSettings(env, problems);
  const config = buildConfig(definition, env, problems);
  if (!config) return { ok: false, problems };
  const auth: ResolvedAuth = {
    sources: config.sources,
    policy: compilePolicy(config.rules, problems),
    defaults: resolveDefaults(config, settings, problems),
    cors: resolveCors(config, settings, problems),
    secureCookies: config.secureCookies ?? true,
    docsBaseUrl: config.docsBaseUrl,
  };
  checkSources(config.sources, problems);
  return problems.length === 0 ? { ok: true, auth } : { ok: false, problems };
}

function buildConfig(definition: AuthDefinition, env: Environment, problems: ConfigProblem[]): AuthConfig | undefined {
  const setting = 'auth.config.ts';
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
    // Its message may hold what the config read from the environment (S10).
    const kind = error instanceof Error ? error.constructor.name : typeof error;
    problems.push({ setting, problem: `building it failed (${kind})`, fix: 'Run npm start to see where' });
  }
  return undefined;
}

function resolveDefaults(config: AuthConfig, settings: CoreSettings, problems: ConfigProblem[]): SettleDefaults {
  const { ttl, tokenFormat, assumedSessionSeconds = 3_600 } = config;
  const leastSeconds = (MIN_TTL_MS + TOKEN_REQUEST_WINDOW_MS) / 1000;
  if (!Number.isSafeInteger(assumedSessionSeconds) || assumedSessionSeconds < leastSeconds) {
    const problem = `it is not a whole number of seconds from ${leastSeconds} on`;
    problems.push({ setting: 'assumedSessionSeconds', problem, fix: 'Leave it out for 3,600' });
  }
  const ttlMs = ttl === undefined ? settings.ttlMs : readTtlMs(ttl, 'ttl', problems);
  const format =
    tokenFormat === undefined ? settings.tokenFormat : readTokenFormat(tokenFormat, 'tokenFormat', problems);
  return {
    ttlMs: ttlMs ?? DEFAULT_TTL_MS,
    format: format ?? 'token-request',
    revocable: config.revocable ?? false,
    honourRequestedTtl: config.honourRequestedTtl ?? false,
    assumedSessionMs: assumedSessionSeconds * 1000,
  };
}

function resolveCors(config: AuthConfig, settings: CoreSettings, problems: ConfigProblem[]): CorsRules {
  const setting = config.allowedOrigins ? 'allowedOrigins' : 'ABLY_AUTH_ALLOWED_ORIGINS';
  const origins = config.allowedOrigins ?? settings.allowedOrigins ?? [];
  const anyOrigin = origins.includes('*');
  const ambient = config.sources.filter((source) => source.ambient).map(({ name }) => name);
  if (anyOrigin && ambient.length > 0) {
    const problem = `"*" stands beside a source that browsers authenticate by themselves (${ambient.join(', ')})`;
    problems.push({ setting, problem, fix: 'List the exact origins' });
  }
  for (const origin of origins) {
    if (origin === '*' || isOrigin(origin)) continue;
    const fix = 'Write scheme, host and port as a browser sends them, without a path: https://app.example';
    problems.push({ setting, problem: `${JSON.stringify(origin)} is not an origin`, fix });
  }
  for (const name of config.allowedHeaders ?? []) {
    if (/^[a-z0-9-]+$/i.test(name)) continue;
    problems.push({
      setting: 'allowedHeaders',
      problem: `${JSON.stringify(name)} is no header name`,
      fix: 'Remove it',
    });
  }
  return {
    mode: config.cors ?? settings.cors ?? 'function',
    allowedOrigins: new Set(origins.filter((origin) => origin !== '*')),
    anyOrigin,
    allowedHeaders: config.allowedHeaders ?? [],
  };
}

function isOrigin(text: string): boolean {
  try {
    const { origin, protocol } = new URL(text);
    return origin === text && (protocol === 'https:' || protocol === 'http:');
  } catch {
    return false;
  }
}

function checkSources(sources: readonly IdentitySource[], problems: ConfigProblem[]): void {
  if (sources.length === 0) {
    problems.push({ setting: 'sources', problem: 'there are none, so nobody can call', fix: 'List at least one' });
  }
  const names = sources.map(({ name }) => name);
  for (const [index, source] of sources.entries()) {
    problems.push(...source.problems);
    if (names.indexOf(source.name) !== index) {
      const fix = 'Each source needs a name of its own';
      problems.push({ setting: `sources[${index}]`, problem: `a second source named ${source.name}`, fix });
    }
    if (source.kinds.includes('anonymous') && index < sources.length - 1) {
      const fix = 'List it last: it answers for everyone, so the sources after it are never asked';
      problems.push({ setting: `sources[${index}]`, problem: 'anonymous stands before other sources', fix });
    }
  }
  checkPrefixes(
    sources.filter(({ kinds }) => kinds.some((kind) => kind !== 'anonymous')),
    problems,
  );
}

/** S19: `7` of one source must never be the clientId of `7` of another, unless they are said to be the same person. */
function checkPrefixes(sources: readonly IdentitySource[], problems: ConfigProblem[]): void {
  for (const [index, source] of sources.entries()) {
    for (const other of sources.slice(0, index)) {
      if (source.sharesSubjectsWith === other.name || other.sharesSubjectsWith === source.name) continue;
      const [a = '', b = ''] = [source.clientIdPrefix, other.clientIdPrefix];
      // Neither may begin the other: "a" + "b7" is "ab" + "7".
      if (!a.startsWith(b) && !b.startsWith(a)) continue;
      const problem = `its clientIds and those of ${other.name} cannot be told apart`;
      const fix =
        'Give each a clientIdPrefix such as "partner:", or say sharesSubjectsWith when they are the same people';
      problems.push({ setting: `source ${source.name}`, problem, fix });
    }
  }
}
