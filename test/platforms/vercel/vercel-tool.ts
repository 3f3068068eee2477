/** Vercel's own tool, without an account: `vercel build`, and `vercel dev` on a port that the system gave out. */
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { writeProject } from '../support/project-files.ts';
import { PLATFORMS } from '../support/scratch.ts';
import { cleanEnvironment, type RunningTool, runTool, startTool, untilAnswering } from '../support/tool.ts';

const VERCEL = join(PLATFORMS, 'vercel/node_modules/vercel/dist/vc.js');

/** A project that a team has already, with a function of its own and files that nobody else should see. */
export const EXISTING_PROJECT = {
  'package.json': '{ "name": "existing", "private": true }\n',
  'api/hello.js': "module.exports = (req, res) => res.end('hello');\n",
  'public/index.html': '<p>existing</p>\n',
  'notes/internal.txt': 'not for the public\n',
} as const;

/** The same, on disk, with the drop-in beside its own function and nothing else changed. */
export function writeExistingProject(folder: string, dropIn: string): void {
  writeProject(folder, EXISTING_PROJECT);
  cpSync(dropIn, join(folder, 'api/ably-auth.mjs'));
}

/** @returns the folder of the Build Output API, and what was printed */
export async function vercelBuild(project: string): Promise<{ readonly output: string; readonly printed: string }> {
  // What `vercel link` leaves behind. `vercel dev --local` wants to be without it.
  const settings = { framework: null, nodeVersion: '24.x' };
  const link = { projectId: 'prj_not_a_project', orgId: 'team_not_a_team', settings };
  writeProject(project, { '.vercel/project.json': JSON.stringify(link) });
  const { code, output: printed } = await runTool(command(project, ['build', '--yes']));
  if (code !== 0) throw new Error(`vercel build ended with ${code}:\n${printed}`);
  return { output: join(project, '.vercel/output'), printed };
}

export interface VercelDev {
  readonly url: string;
  readonly tool: RunningTool;
}

export async function startVercelDev(project: string): Promise<VercelDev> {
  const [port, ...others] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const [queue, cache, schedules] = others.map(String);
  const ports = ['--queue-port', queue, '--runtime-cache-port', cache, '--schedules-port', schedules];
  const args = ['dev', '--local', '--yes', '--listen', `127.0.0.1:${port}`, ...ports.map((each) => each ?? '')];
  const tool = startTool(command(project, args));
  const url = `http://127.0.0.1:${port}`;
  await untilAnswering(tool, url);
  return { url, tool };
}

function command(project: string, args: readonly string[]) {
  // Beside the project and not in it: whatever is in a project may be deployed.
  const home = `${project}-home`;
  mkdirSync(home, { recursive: true });
  return {
    command: process.execPath,
    args: [VERCEL, ...args],
    cwd: project,
    // As in Vercel's own builds after their install step: what a project depends on is there, and no registry is asked.
    env: { ...cleanEnvironment(home), VERCEL_TELEMETRY_DISABLED: '1', VERCEL_INSTALL_COMPLETED: '1' },
  };
}
