/**
 * A platform's own tool as a child process: with a clean environment, closed input, and a process group of its own, so
 * that whatever it starts ends with it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

export interface ToolCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface RunningTool {
  readonly pid: number;
  /** Everything printed so far, on both streams. */
  output(): string;
  /** Resolves with the exit code; null after a signal. */
  readonly ended: Promise<number | null>;
  stop(): Promise<void>;
}

/** What a tool may see of this machine: where programs are, and an empty home that holds no account. */
export function cleanEnvironment(home: string, ...pathsFirst: readonly string[]): Record<string, string> {
  return { PATH: [...pathsFirst, process.env.PATH ?? ''].join(':'), HOME: home, LANG: 'C.UTF-8' };
}

export function startTool({ command, args, cwd, env }: ToolCommand): RunningTool {
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  // Whoever awaits it hears of it; a tool that nobody awaits must not end the test run.
  ended.catch(() => {});
  const killGroup = groupKiller(child);
  const lastResort = (): void => killGroup('SIGKILL');
  process.once('exit', lastResort);
  return {
    pid: child.pid ?? -1,
    output: () => Buffer.concat(chunks).toString('utf8'),
    ended,
    async stop() {
      killGroup('SIGTERM');
      // Stopped processes notice nothing but this.
      killGroup('SIGCONT');
      await Promise.race([ended.catch(() => null), delay(3_000, undefined, { ref: false })]);
      // The group may outlive the process that led it.
      killGroup('SIGKILL');
      await ended.catch(() => null);
      process.off('exit', lastResort);
    },
  };
}

export async function runTool(
  command: ToolCommand,
  timeoutMs = 90_000,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const tool = startTool(command);
  const code = await Promise.race([tool.ended, delay(timeoutMs, 'timeout' as const, { ref: false })]);
  await tool.stop();
  if (code === 'timeout')
    throw new Error(`${command.args.join(' ')} did not end in ${timeoutMs} ms:\n${tool.output()}`);
  return { code, output: tool.output() };
}

/** Resolves when `url` answers anything at all. */
export async function untilAnswering(tool: RunningTool, url: string, timeoutMs = 60_000): Promise<void> {
  let ended = false;
  const noteEnd = (): void => {
    ended = true;
  };
  tool.ended.then(noteEnd, noteEnd);
  const deadline = Date.now() + timeoutMs;
  while (!ended && Date.now() < deadline) {
    const answered = await fetch(url, { signal: AbortSignal.timeout(10_000) }).then(
      async (response) => {
        await response.arrayBuffer();
        return true;
      },
      () => false,
    );
    if (answered) return;
    await delay(150);
  }
  const why = ended ? 'ended' : `did not answer in ${timeoutMs} ms`;
  const output = tool.output();
  await tool.stop();
  throw new Error(`the tool ${why}:\n${output}`);
}

function groupKiller({ pid }: ChildProcess): (signal: NodeJS.Signals) => void {
  return (signal) => {
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // The whole group has ended.
    }
  };
}
