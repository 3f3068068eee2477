/**
 * The endpoint of a project as its function will be, on this machine: its config, its settings, its store, and the Ably that was
 * found. It can be made anew when the config has changed; one that is wrong takes no one's place.
 */
import { createAblyApi } from '../../adapters/ably/ably-api.ts';
import { createEnvironmentKeySource } from '../../adapters/key-sources/environment.ts';
import { keyProblem } from '../../adapters/key-sources/key-problem.ts';
import { openLimit } from '../../adapters/rate-limit/open-limit.ts';
import { chooseStore } from '../../adapters/stores/choose-store.ts';
import { createLog, LOG_FORMATS } from '../../adapters/telemetry/log.ts';
import { prettyLine } from '../../adapters/telemetry/pretty-line.ts';
import type { AuthEndpoint } from '../../core/auth-endpoint.ts';
import type { AuthDefinition } from '../../core/config.ts';
import type { ConfigProblem } from '../../core/config-problem.ts';
import { type ConfiguredEndpoint, configureEndpoint } from '../../core/configure-endpoint.ts';
import { createRevokeBeside } from '../../core/revocation/revoke-beside.ts';
import type { Environment } from '../../core/settings.ts';
import type { DemoAbly } from '../../dev/demo/ably.ts';

export interface ProjectEndpoint {
  readonly endpoint: AuthEndpoint;
  readonly revoking: AuthEndpoint;
  health(): ReturnType<ConfiguredEndpoint['health']>;
  /** @returns what is wrong with it; then the one before goes on */
  take(definition: AuthDefinition, env: Environment): Promise<readonly ConfigProblem[]>;
}

export function createProjectEndpoint(
  ably: DemoAbly,
  env: Environment,
  print: (line: string) => void,
): ProjectEndpoint {
  // One for all configs: what is remembered outlives a change.
  const chosenStore = chooseStore(env);
  let current: ConfiguredEndpoint | undefined;
  let revoking: AuthEndpoint | undefined;
  const misconfigured = async (): Promise<never> => {
    throw new Error('No config was taken yet');
  };
  return Object.freeze({
    endpoint: { handle: (request) => current?.handle(request) ?? misconfigured() },
    revoking: { handle: (request) => (revoking ?? current)?.handle(request) ?? misconfigured() },
    health: () => current?.health() ?? (misconfigured() as never),
    async take(definition, settings) {
      const beside = createRevokeBeside();
      const keySource = createEnvironmentKeySource({ ...settings, ABLY_API_KEY: ably.apiKey });
      const format = LOG_FORMATS.find((known) => known === settings.ABLY_AUTH_LOG) ?? 'pretty';
      const onEvent = createLog(format, print, prettyLine);
      const next = configureEndpoint({
        ...{ definition, env: settings, keySource: { ok: true, source: keySource }, chosenStore },
        ably: createAblyApi(ably.settings),
        createEndpoint: beside.createEndpoint,
        openLimit,
        // Its problems are shown by whoever called; logged here as well, they would stand there twice.
        ...(onEvent && { onEvent: (event) => event.kind !== 'misconfigured' && onEvent(event) }),
      });
      const problems = [...(await next.allProblems), ...(await keyProblems(keySource))];
      if (problems.length > 0) return problems;
      current = next;
      revoking = beside.endpoint();
      return [];
    },
  } satisfies ProjectEndpoint);
}

async function keyProblems({
  loadCurrent,
}: ReturnType<typeof createEnvironmentKeySource>): Promise<readonly ConfigProblem[]> {
  try {
    await loadCurrent();
    return [];
  } catch (error) {
    return [keyProblem(error)];
  }
}
