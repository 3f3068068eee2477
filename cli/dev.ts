/**
 * `dev`: the project's endpoint on this machine, beside a local Ably service where there is no key, read again whenever the
 * config changes. Where it refuses to run is decided in dev/refuse-production.ts (S18).
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { relative, resolve } from 'node:path';
import { type RunningNodeServer, startNodeServer } from '../adapters/node/serve.ts';
import type { ConfigProblem } from '../core/config-problem.ts';
import { lintPolicy } from '../core/policy/lint.ts';
import { describeFinding } from '../core/policy/lint-finding.ts';
import { isPort } from '../core/port.ts';
import type { Environment } from '../core/settings.ts';
import { type DemoAbly, reachAbly } from '../dev/demo/ably.ts';
import { whyNotHere } from '../dev/refuse-production.ts';
import { CannotRun, defineCommand, type ExitCode, listProblems, type Terminal } from './command.ts';
import { createProjectEndpoint } from './dev/project-endpoint.ts';
import { watchFiles } from './dev/watch-files.ts';
import { CONFIG_FILE, readConfig } from './read-config.ts';
import { readEnvironment } from './read-environment.ts';
import { asCannotRun } from './system-error.ts';

const ROUTES = ['/api/ably-auth', '/auth'];

export const dev = defineCommand({
  about:
    'Serves the endpoint of this project on this machine, and reads the config again when it changes. Without ABLY_API_KEY it runs a local Ably-compatible service beside it, to which real clients connect.',
  options: {
    config: CONFIG_FILE,
    env: { value: 'FILE', about: 'settings, over those of this shell (default: .env, where there is one)' },
    port: { value: 'PORT', about: 'default 3000, or PORT; 0: any that is free' },
    host: {
      value: 'HOST',
      about: 'default 127.0.0.1, or HOST: this machine only; 0.0.0.0: phones in this network too',
    },
    local: { about: 'the local Ably service, though there is a key' },
    json: { about: '{url, ably: {mode, clientOptions}} on one line, when it is ready; the log goes to standard error' },
  },
  more: [
    'For a developer’s machine: it refuses under NODE_ENV=production, on Lambda, and on Vercel and Netlify outside their own local servers.',
    'Exit code: 0 when it was stopped (Ctrl+C), or nobody reads its output any more; 2 when it cannot start.',
  ].join('\n'),
  async run({ values }, terminal): Promise<ExitCode> {
    const settings = values.env ?? (existsSync(resolve(terminal.folder, '.env')) ? '.env' : undefined);
    const env = await readSettings(settings, terminal, values.local === true);
    const reason = whyNotHere(env);
    if (reason) throw new CannotRun(`It refuses to run here: ${reason}. Deploy the function instead.`);
    const { host, port } = readAddress(values.host ?? env.HOST, values.port ?? env.PORT);

    const print = values.json ? terminal.note : terminal.print;
    const ably = await onAddress(() => reachAbly(env, host));
    const project = createProjectEndpoint(ably, env, print);
    const files = new Set<string>();
    const followed = () => [...files, ...(settings === undefined ? [] : [resolve(terminal.folder, settings)])];
    const take = async (from: Environment): Promise<readonly ConfigProblem[]> => {
      const onFiles = (found: readonly string[]): void => {
        for (const file of found) files.add(file);
      };
      const read = await readConfig(values.config, terminal.folder, from, { onFiles });
      if (read.problems.length > 0) return read.problems;
      const wrong = await project.take(read.definition, from);
      if (wrong.length === 0)
        for (const finding of lintPolicy(read.definition.build(from))) print(describeFinding(finding));
      return wrong;
    };
    const watch = watchFiles(async () => {
      print(await again(() => readSettings(settings, terminal, values.local === true).then(take), terminal));
      watch.follow(followed());
    });
    let server: RunningNodeServer | undefined;
    try {
      const wrong = await take(env);
      if (wrong.length > 0) throw cannotStart(wrong);
      server = await onAddress(() => startNodeServer({ ...project, host, port, routes: ROUTES }));
      watch.follow(followed());
      const clientOptions = ably.clientOptions(hostFor(host));
      if (values.json) terminal.print(JSON.stringify({ url: server.url, ably: { mode: ably.mode, clientOptions } }));
      else terminal.print(banner(server, hostFor(host), ably, [...files], terminal));
      await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), terminal.abandoned]);
      return 0;
    } finally {
      watch.close();
      await server?.close();
      await ably.close();
    }
  },
});

/** Sessions are of use at once: without a secret of the project's own, they last until the server stops. */
async function readSettings(file: string | undefined, terminal: Terminal, isLocal: boolean): Promise<Environment> {
  const { ABLY_API_KEY: key, ...env } = await readEnvironment(file, terminal);
  return {
    ...env,
    ...(!isLocal && { ABLY_API_KEY: key }),
    ABLY_AUTH_SESSION_SECRET: env.ABLY_AUTH_SESSION_SECRET || SESSION_SECRET,
  };
}
const SESSION_SECRET = randomBytes(32).toString('base64url');

function readAddress(host = '127.0.0.1', port = '3000'): { readonly host: string; readonly port: number } {
  if (!isPort(port)) throw new CannotRun('The port is a number up to 65535.');
  return { host, port: Number(port) };
}

/** Both servers listen on the host that was named. @throws CannotRun for an address that cannot be had */
async function onAddress<T>(listen: () => Promise<T>): Promise<T> {
  try {
    return await listen();
  } catch (error) {
    const code = String((error as { readonly code?: unknown }).code);
    if (code === 'EADDRINUSE')
      throw new CannotRun('The port is in use: --port says another, --port 0 any that is free.');
    if (code === 'EACCES') throw new CannotRun('The port may not be listened on: --port says another.');
    if (/^(EADDRNOTAVAIL|EAFNOSUPPORT|EINVAL|ENOTFOUND|EAI_.*)$/.test(code))
      throw new CannotRun('--host is no address of this machine.');
    throw error;
  }
}

/** What became of a change: the new config counts, or the one before goes on. */
async function again(take: () => Promise<readonly ConfigProblem[]>, { folder }: Terminal): Promise<string> {
  try {
    const problems = await take();
    if (problems.length === 0) return 'read again: it counts from now on';
    return listProblems('not taken, the one before goes on:', problems);
  } catch (error) {
    const why = asCannotRun(error, folder);
    if (!(why instanceof CannotRun)) throw error;
    return `not taken, the one before goes on: ${why.message}`;
  }
}

function cannotStart(problems: readonly ConfigProblem[]): CannotRun {
  return new CannotRun(listProblems('It cannot start:', problems));
}

function banner(
  { port }: RunningNodeServer,
  host: string,
  ably: DemoAbly,
  files: readonly string[],
  terminal: Terminal,
): string {
  const endpoint = `http://${host}:${port}${ROUTES[0]}`;
  const options = JSON.stringify({ authUrl: endpoint, ...ably.clientOptions(host) }).replace(/"(\w+)":/g, '$1: ');
  const row = (label: string, value: string): string => `  ${terminal.paint('bold', label.padEnd(9))} ${value}`;
  return [
    '',
    row('Endpoint', endpoint),
    row('Ably', `${ably.description}.`),
    row('Client', `new Ably.Realtime(${options})`),
    row('Config', `${files.map((file) => relative(terminal.folder, file)).join(', ')}: read again on every change`),
    row('Pages', 'of another port need ABLY_AUTH_ALLOWED_ORIGINS, such as http://localhost:5173'),
    row('Try', `curl ${endpoint}`),
    row('Stop', 'Ctrl+C'),
    '',
  ].join('\n');
}

/** As a phone in this network writes it, where it may. */
function hostFor(host: string): string {
  if (host !== '0.0.0.0') return host;
  const addresses = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}
