/**
 * Builds the artefacts into a folder of their own, and runs each in a child process with nothing in its environment but
 * what a test gives it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bundle, bundle } from '../../dev/build/bundle.ts';
import { TARGETS, type Target } from '../../dev/build/targets.ts';
import { onceARun } from '../once-a-run/once-a-run.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Seven bundles, some with the AWS clients in them, on a machine that has other things to do. */
export const BUILDING_TAKES_AT_MOST_MS = 120_000;

/** What Lambda starts Node with: a bundle that leans on either feature works everywhere but there. */
const LAMBDA_FLAGS = '--no-experimental-require-module --no-experimental-detect-module';

const KINDS = {
  'aws-lambda': 'lambda',
  'aws-lambda-revoke': 'lambda',
  vercel: 'fetch',
  'vercel-revoke': 'fetch',
  netlify: 'function',
  'netlify-revoke': 'function',
} as const;

export interface Built {
  readonly dir: string;
  of(name: Target['name']): Bundle;
  remove(): Promise<void>;
}

/** A build of one's own, in a folder of its own. */
export async function buildArtefacts(): Promise<Built> {
  const dir = await mkdtemp(join(tmpdir(), 'built-'));
  const remove = (): Promise<void> => rm(dir, { recursive: true, force: true });
  try {
    return { ...asBuilt(dir, await buildInto(dir)), remove };
  } catch (error) {
    // Nobody holds what was built beside what failed.
    await remove();
    throw error;
  }
}

/** The one that all files of a run share, for whoever only runs or reads it. */
export async function sharedArtefacts(): Promise<Built> {
  const made = await onceARun('artefacts', async (folder) => {
    const bundles = await buildInto(join(folder, 'dist'));
    const facts = bundles.map(({ target, metafile, id }) => ({ name: target.name, metafile, id }));
    await writeFile(join(folder, FACTS), JSON.stringify(facts));
  });
  const facts = JSON.parse(await readFile(join(made, FACTS), 'utf8')) as readonly BundleFacts[];
  const dir = join(made, 'dist');
  const bundles = facts.flatMap(({ name, metafile, id }) =>
    TARGETS.filter((target) => target.name === name).map((target) => ({
      target,
      metafile,
      id,
      entryFile: join(dir, target.folder, `${target.out}.mjs`),
    })),
  );
  return { ...asBuilt(dir, bundles), remove: async () => {} };
}

const FACTS = 'bundles.json';

interface BundleFacts extends Pick<Bundle, 'metafile' | 'id'> {
  readonly name: Target['name'];
}

async function buildInto(dir: string): Promise<readonly Bundle[]> {
  const built = await Promise.allSettled(TARGETS.map((target) => bundle(target, ROOT, dir)));
  const failed = built.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return built.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

function asBuilt(dir: string, bundles: readonly Bundle[]): Omit<Built, 'remove'> {
  return {
    dir,
    of(name) {
      const found = bundles.find(({ target }) => target.name === name);
      if (!found) throw new Error(`${name} was not built`);
      return found;
    },
  };
}

export interface RunningArtefact {
  readonly url: string;
  readonly exports: readonly string[];
  /** Declared parameters of the Lambda handler. */
  readonly parameters: number | undefined;
  /** The lines it has printed. */
  log(): readonly string[];
  stop(): Promise<void>;
}

export async function runArtefact(
  { target, entryFile }: Bundle,
  env: Readonly<Record<string, string>>,
): Promise<RunningArtefact> {
  if (target.name === 'node') throw new Error('The container serves by itself');
  const child: ChildProcess = fork(join(ROOT, 'test/build/serve-artefact.mjs'), [KINDS[target.name], entryFile], {
    cwd: tmpdir(),
    env: { ...env, NODE_OPTIONS: LAMBDA_FLAGS },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const ended = once(child, 'exit');
  const ready = await Promise.race([once(child, 'message'), ended]);
  if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}: ${printed}`);
  const { port, exports, parameters } = ready[0] as { port: number; exports: string[]; parameters?: number };
  return {
    url: `http://127.0.0.1:${port}/api/${basename(entryFile, '.mjs')}`,
    exports,
    parameters,
    log: () => printed.split('\n').filter((line) => line !== ''),
    async stop() {
      child.disconnect();
      await ended;
    },
  };
}
