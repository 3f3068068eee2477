/** A fresh copy of the project as `git clone` and `npm ci` leave it, for the tool to build and package in. */
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { PLATFORMS, PROJECT } from '../support/scratch.ts';
import { cleanEnvironment, type ToolCommand } from '../support/tool.ts';

export const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:ably/api-key-AbCdEf';

export function copyProject(project: string): void {
  for (const name of ['core', 'adapters', 'dev', 'infra/aws']) {
    cpSync(join(PROJECT, name), join(project, name), { recursive: true });
  }
  for (const name of ['auth.config.ts', 'index.ts', 'package.json', 'serverless.yml', 'tsconfig.json']) {
    cpSync(join(PROJECT, name), join(project, name));
  }
  symlinkSync(join(PROJECT, 'node_modules'), join(project, 'node_modules'));
}

export function osls(
  project: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): ToolCommand {
  // Beside the project and not in it.
  const home = `${project}-home`;
  mkdirSync(home, { recursive: true });
  return {
    command: join(PLATFORMS, 'osls/node_modules/.bin/osls'),
    args,
    cwd: project,
    env: { ...cleanEnvironment(home), ...settings },
  };
}
