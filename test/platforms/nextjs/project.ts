/** examples/nextjs as somebody has it who copied it and ran `npm install`, with the package as npm packs it. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { installProject } from '../../cli/installed.ts';
import { installDependencies } from '../support/built.ts';
import { freePort } from '../support/free-port.ts';
import { writeProject } from '../support/project-files.ts';
import { PLATFORMS, PROJECT, type Scratch } from '../support/scratch.ts';
import { cleanEnvironment, type RunningTool, runTool, startTool, untilAnswering } from '../support/tool.ts';

const MODULES = join(PLATFORMS, 'nextjs/node_modules');
const EXAMPLE = join(PROJECT, 'examples/nextjs');

export const hasNext = existsSync(join(MODULES, 'next'));

export interface RunningApp {
  readonly url: string;
  readonly tool: RunningTool;
}

export interface NextProject {
  /** @throws with all that it printed, when it does not build */
  build(): Promise<string>;
  /** `next start` of what was built, or `next dev`, on a loopback port that the system chose, here unless given. */
  run(command: 'start' | 'dev', settings: Readonly<Record<string, string>>, port?: number): Promise<RunningApp>;
  /** What README.md says to write for a machine that a phone knows by this name. */
  nameMachine(name: string): void;
}

export async function installExample(scratch: Scratch): Promise<NextProject> {
  const folder = join(scratch.path, 'app');
  const home = join(scratch.path, 'home');
  cpSync(EXAMPLE, folder, { recursive: true, filter: (path) => !/node_modules|\.next$|\.env\.local/.test(path) });
  installDependencies(folder);
  const packed = await installProject();
  const ours = 'node_modules/ably-auth-functions';
  copy(join(packed.folder, ours), join(folder, ours));
  await packed.remove();
  // Copied, because the bundler of Next.js follows no link out of the project.
  copy(MODULES, join(folder, 'node_modules'));
  const environment = { ...cleanEnvironment(home), CI: '1', NEXT_TELEMETRY_DISABLED: '1' };
  const next = [join(folder, 'node_modules/next/dist/bin/next')];
  return {
    async build() {
      // No setting is given: no secret is needed to build.
      const args = [...next, 'build'];
      const { code, output } = await runTool(
        { command: process.execPath, args, cwd: folder, env: environment },
        170_000,
      );
      if (code !== 0) throw new Error(output);
      return output;
    },
    async run(command, settings, given) {
      const port = given ?? (await freePort());
      const args = [...next, command, '--hostname', '127.0.0.1', '--port', String(port)];
      const env = { ...environment, ...settings };
      const tool = startTool({ command: process.execPath, args, cwd: folder, env });
      const url = `http://127.0.0.1:${port}`;
      await untilAnswering(tool, `${url}/api/ably-auth`);
      return { url, tool };
    },
    nameMachine(name) {
      writeProject(folder, { 'next.config.ts': `export default { allowedDevOrigins: ['${name}'] };\n` });
    },
  };
}

function copy(from: string, to: string): void {
  execFileSync('cp', ['-rT', '--reflink=auto', from, to]);
}
