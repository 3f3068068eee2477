/** examples/node/service.ts as its README starts it, in a process of its own: what it prints, and how it ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from '../house/source-files.ts';

export interface RunningService {
  /** Resolves with the first line that it prints, or has printed, with this in it. */
  prints(what: string): Promise<string>;
  output(): string;
  /** Resolves with its exit code. */
  readonly ended: Promise<number | null>;
  stop(): Promise<void>;
}

export function runService(env: Readonly<Record<string, string>>): RunningService {
  // The first stands for an installed package.
  const more = { TSX_TSCONFIG_PATH: join(ROOT, 'test/examples/tsconfig.json'), ...env };
  return run(process.execPath, ['--import', 'tsx', 'service.ts'], more);
}

/** @param script of a shell, with `npm start` in it: what package.json says about that is put in its place */
export function runAsInReadme(script: string): RunningService {
  const start = `TSX_TSCONFIG_PATH=${join(ROOT, 'test/examples/tsconfig.json')} exec ${process.execPath} --import tsx service.ts`;
  const settings = /^((?:\w+=\S+ )+)npm start$/m;
  const env = { PATH: process.env.PATH ?? '' };
  return run('bash', ['-c', script.replace(settings, (_, before: string) => `export ${before}\n${start}`)], env);
}

function run(command: string, args: readonly string[], env: Readonly<Record<string, string>>): RunningService {
  const child = spawn(command, args, { cwd: join(ROOT, 'examples/node'), env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      for (const look of waiting) look();
    });
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    prints: (what) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const line = text.split('\n').find((each) => each.includes(what));
          if (line === undefined) return;
          waiting.delete(look);
          resolve(line);
        };
        waiting.add(look);
        look();
        void ended.then(() => reject(new Error(`It ended, and never said ${what}:\n${text}`)));
      }),
    output: () => text,
    ended,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
