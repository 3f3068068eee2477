/**
 * A store's server as a process of its own, so that it can be killed with no chance to tidy up, and started again over
 * the same data at the same address.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface ServerCommand {
  readonly command: string;
  readonly args: (port: number, directory: string) => readonly string[];
  /** Whether it answers; asked until it does. */
  readonly isReady: (port: number) => Promise<boolean>;
}

export interface ServerProcess {
  readonly port: number;
  readonly directory: string;
  /** At once, in the middle of whatever it is doing. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Leaves neither a process nor a file. */
  stop(): Promise<void>;
}

const PROGRAMS = fileURLToPath(new URL('programs/', import.meta.url));

export const tsProgram = (name: string): readonly string[] => ['--import', 'tsx', join(PROGRAMS, name)];

export async function startServer({ command, args, isReady }: ServerCommand): Promise<ServerProcess> {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'store-'));
  let child: ChildProcess | undefined;
  const lastResort = (): void => void child?.kill('SIGKILL');
  process.once('exit', lastResort);

  async function kill(): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async function start(): Promise<void> {
    const started = spawn(command, args(port, directory), { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    started.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    let problem: Error | undefined;
    started.once('error', (error) => {
      problem = error;
    });
    child = started;
    // Ended by the time limit of the hook that started it.
    while (!(await isReady(port).catch(() => false))) {
      if (problem) throw problem;
      if (started.exitCode !== null) throw new Error(`${command} ended with ${started.exitCode}: ${said}`);
      await delay(20);
    }
  }

  await start();
  return {
    port,
    directory,
    kill,
    start,
    async stop() {
      await kill();
      process.off('exit', lastResort);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** For servers that insist on being told a port: one that the system has just given out and taken back. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
