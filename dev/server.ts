/**
 * The local server: the endpoint as it will be deployed, with a page to try it, an Ably to connect to, and a login that
 * takes anyone's word. For a developer's machine only; where else it refuses is decided in refuse-production.ts (S18).
 */
import { createAblyApi } from '../adapters/ably/ably-api.ts';
import { createEnvironmentKeySource } from '../adapters/key-sources/environment.ts';
import { keyProblem } from '../adapters/key-sources/key-problem.ts';
import { startNodeServer } from '../adapters/node/serve.ts';
import { createLog, LOG_FORMATS } from '../adapters/telemetry/log.ts';
import { prettyLine } from '../adapters/telemetry/pretty-line.ts';
import { isPort } from '../core/port.ts';
import { createRevokeBeside } from '../core/revocation/revoke-beside.ts';
import {
  type AuthDefinition,
  type ConfigProblem,
  configureEndpoint,
  describeFinding,
  type Environment,
  lintPolicy,
  openLimit,
} from '../index.ts';
import { type DemoAbly, reachAbly } from './demo/ably.ts';
import { createDemoExplain } from './demo/explain.ts';
import { acceptProvider, type DemoProvider, hasRoomForProvider, startDemoProvider } from './demo/identity-provider.ts';
import { createDemoLogin, listedOrigins } from './demo/login.ts';
import { loadPageFiles } from './demo/page-files.ts';
import { createProviderLogin } from './demo/provider-login.ts';
import { acceptAsking, DEMO_ROOMS, hasRoomToAsk } from './demo/rooms.ts';
import { createDemoRoutes } from './demo/routes.ts';
import { whyNotHere } from './refuse-production.ts';

export interface DevServerOptions {
  readonly definition: AuthDefinition;
  /** With `ABLY_AUTH_SESSION_SECRET`; everything else has a default. */
  readonly env: Environment;
  readonly print: (line: string) => void;
}

export interface DevServer {
  readonly url: string;
  readonly ably: Pick<DemoAbly, 'mode' | 'description' | 'clientOptions'>;
  /** Whether `POST /demo/provider-login` gives access tokens of a local identity provider. */
  readonly hasProvider: boolean;
  close(): Promise<void>;
}

/** What stops a start: the whole list, so that it is mended in one go. */
export class CannotStart extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(`The local server cannot start: ${problems.map(({ setting }) => setting).join(', ')}`);
    this.name = 'CannotStart';
    this.problems = problems;
  }
}

/** @throws CannotStart, or the system's error when the address cannot be listened on */
export async function startDevServer({ definition, env, print }: DevServerOptions): Promise<DevServer> {
  const reason = whyNotHere(env);
  if (reason) {
    const fix = 'Deploy one of the functions instead, or run the container; they have no demo login';
    throw new CannotStart([{ setting: 'npm start', problem: `it refuses to run here: ${reason}`, fix }]);
  }
  const { HOST: host = '127.0.0.1', PORT: port = '3000' } = env;
  const log = env.ABLY_AUTH_LOG || 'pretty';
  const problems = listenProblems(port, log);
  const files = await loadPageFiles();
  const ably = await reachAbly(env, host);
  // For the demo as shipped; whoever has named a provider or connects to Ably itself wants no second, open one.
  const wanted = ably.mode === 'local' && !env.ABLY_AUTH_ISSUER && hasRoomForProvider(definition, env);
  const rooms = ably.mode === 'local' && hasRoomToAsk(definition, env) ? DEMO_ROOMS : [];
  let provider: DemoProvider | undefined;
  const closeDemo = async (): Promise<void> => {
    await provider?.close();
    await ably.close();
  };
  try {
    if (wanted) provider = await startDemoProvider();
    const hasProvider = provider !== undefined;
    const known = provider ? acceptProvider(definition, provider) : definition;
    const shown = rooms.length > 0 ? acceptAsking(known) : known;
    const keySource = createEnvironmentKeySource({ ...env, ABLY_API_KEY: ably.apiKey });
    const logFormat = LOG_FORMATS.find((format) => format === log) ?? 'pretty';
    const onEvent = createLog(logFormat, print, prettyLine);
    const beside = createRevokeBeside();
    const endpoint = configureEndpoint({
      definition: { build: (from) => ({ ...shown.build(from), secureCookies: false }) },
      env,
      keySource: { ok: true, source: keySource },
      ably: createAblyApi(ably.settings),
      createEndpoint: beside.createEndpoint,
      openLimit,
      // Its problems are thrown below; logged here as well, they would stand there twice.
      ...(onEvent && { onEvent: (event) => event.kind !== 'misconfigured' && onEvent(event) }),
    });
    const { keyName, keyProblems } = await Promise.resolve(keySource.loadCurrent()).then(
      (key) => ({ keyName: key.name, keyProblems: [] }),
      (error: unknown) => ({ keyName: '', keyProblems: [keyProblem(error)] }),
    );
    const all = [...problems, ...(await endpoint.allProblems), ...keyProblems];
    if (all.length > 0) throw new CannotStart(all);
    for (const finding of lintPolicy(definition.build(env))) print(describeFinding(finding));

    const tokenFormat = env.ABLY_AUTH_TOKEN_FORMAT || 'token-request';
    const server = await startNodeServer({
      endpoint,
      health: endpoint.health,
      revoking: beside.endpoint(),
      host,
      port: Number(port),
      routes: ['/auth', '/api/ably-auth'],
      otherwise: createDemoRoutes({
        files,
        login: createDemoLogin(env),
        providerLogin: provider && createProviderLogin(provider, listedOrigins(env)),
        explain: createDemoExplain(definition, env),
        info: (hostName) => ({
          mode: ably.mode,
          ably: ably.clientOptions(hostName),
          keyName,
          tokenFormat,
          hasProvider,
          rooms,
        }),
      }),
    });
    return {
      url: server.url,
      ably,
      hasProvider,
      close: async () => {
        await server.close();
        await closeDemo();
      },
    };
  } catch (error) {
    await closeDemo();
    throw error;
  }
}

function listenProblems(port: string, log: string): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (!isPort(port)) {
    problems.push({
      setting: 'PORT',
      problem: 'it is not a port',
      fix: 'Write a number up to 65535; 0 for any free one',
    });
  }
  if (!LOG_FORMATS.some((format) => format === log)) {
    problems.push({
      setting: 'ABLY_AUTH_LOG',
      problem: 'it is unknown',
      fix: `Write one of ${LOG_FORMATS.join(', ')}`,
    });
  }
  return problems;
}
