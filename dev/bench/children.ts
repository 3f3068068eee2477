/**
 * Starts child processes as Lambda would start a function: a clean environment, its flags, nothing inherited. And talks
 * to those that stay.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';

export type Settings = Readonly<Record<string, string>>;

/** Lambda turns both off from Node 22 on; an older Node may not know them. */
export const LAMBDA_FLAGS = ['--no-experimental-require-module', '--no-experimental-detect-module'].filter((flag) =>
  process.allowedNodeEnvironmentFlags.has(flag.replace('--no-', '--')),
);

export interface Finished {
  readonly wallMs: number;
  /** Everything it wrote to standard output. */
  readonly output: string;
}

/** @throws Error when it fails */
export async function runToEnd(program: string, args: readonly string[], env: Settings): Promise<Finished> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...LAMBDA_FLAGS, program, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`A child process ended with ${code}:\n${output}`);
  return { wallMs: performance.now() - startedAt, output };
}

/** A child that stays and answers one message at a time. What it prints is thrown away. */
export class Companion {
  readonly #child: ChildProcess;

  constructor(program: string, args: readonly string[], env: Settings, flags: readonly string[] = []) {
    this.#child = fork(program, args, {
      env,
      execArgv: [...LAMBDA_FLAGS, ...flags],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }

  /** The next message. Every child says one by itself when it is ready. */
  async hear<T>(): Promise<T> {
    const ended = new AbortController();
    const exit = once(this.#child, 'exit', { signal: ended.signal }).then(([code]) => {
      throw new Error(`A child process ended with ${code} before it answered`);
    });
    exit.catch(() => {});
    try {
      const [message] = await Promise.race([once(this.#child, 'message'), exit]);
      return message as T;
    } finally {
      ended.abort();
    }
  }

  ask<T>(message: object): Promise<T> {
    const answer = this.hear<T>();
    this.#child.send(message);
    return answer;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}
