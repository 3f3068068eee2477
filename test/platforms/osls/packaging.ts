/** `osls` in a copy of the project, mostly `osls package`, and what it would deploy. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deploy, type Stack } from '../../infra/cloudformation.ts';
import { runTool } from '../support/tool.ts';
import { osls } from './project-copy.ts';

type Settings = Readonly<Record<string, string>>;

/** @param folder of the test's own; the copy goes into `project` */
export function packaging(folder: string) {
  const project = join(folder, 'project');
  const output = join(folder, 'packaged');
  return {
    project,
    output,
    run: (settings: Settings, ...args: readonly string[]) => runTool(osls(project, args, settings)),
    pack: (settings: Settings, ...args: readonly string[]) =>
      runTool(osls(project, ['package', '--package', output, ...args], settings)),
    deployed: (): Stack =>
      deploy(JSON.parse(readFileSync(join(output, 'cloudformation-template-update-stack.json'), 'utf8'))),
  };
}
