/** Runs a function of the Build Output API the way its launcher does: import the handler, call it with a Request. */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from '../support/tool.ts';

const LAUNCHER = `
const { pathToFileURL } = await import('node:url');
const { default: exported } = await import(pathToFileURL(process.argv[1]));
const response = await (exported.default ?? exported).fetch(new Request('https://project.example/api/ably-auth'));
process.stdout.write('ANSWER' + JSON.stringify({ status: response.status, body: await response.text() }));
`;

export interface FunctionConfig {
  readonly handler: string;
  readonly runtime: string;
  readonly launcherType: string;
  /** Path in the function -> path in the project. */
  readonly filePathMap?: Readonly<Record<string, string>>;
}

export function readFunctionConfig(folder: string): FunctionConfig {
  return JSON.parse(readFileSync(join(folder, '.vc-config.json'), 'utf8')) as FunctionConfig;
}

export interface BuiltAnswer {
  readonly status: number;
  readonly body: string;
  readonly printed: string;
}

/** @param folder `<name>.func` below `.vercel/output/functions`; its environment holds the settings alone */
export async function runBuilt(folder: string, settings: Readonly<Record<string, string>>): Promise<BuiltAnswer> {
  const { handler, filePathMap = {} } = readFunctionConfig(folder);
  // Named by the config and not copied: a deployment takes these from the project.
  const project = folder.slice(0, folder.indexOf('/.vercel/output/'));
  for (const [path, source] of Object.entries(filePathMap)) cpSync(join(project, source), join(folder, path));
  const args = ['--input-type=module', '--eval', LAUNCHER, join(folder, handler)];
  const { output } = await runTool({ command: process.execPath, args, cwd: folder, env: { ...settings } });
  const [printed = '', answer] = output.split('ANSWER');
  if (answer === undefined) throw new Error(`the function did not answer:\n${output}`);
  return { ...(JSON.parse(answer) as { readonly status: number; readonly body: string }), printed };
}
