/**
 * Terraform or OpenTofu, if there is one, with providers from its registry or from a folder on this machine. Neither is
 * brought by npm or pip, so whoever has none sees the lane skipped.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment } from '../support/tool.ts';

export interface Terraform {
  run(folder: string, ...args: readonly string[]): { readonly status: number | null; readonly said: string };
  /** @returns whether the providers that the module in this folder needs could be had */
  init(folder: string): boolean;
}

/** Where machines that cannot reach the registry keep providers, laid out as `terraform providers mirror` does. */
const MIRRORS = [
  process.env.TF_PLUGIN_DIR ?? '',
  '/usr/local/share/terraform/plugins',
  '/usr/share/terraform/plugins',
  ...(existsSync('/opt') ? readdirSync('/opt').map((name) => join('/opt', name)) : []),
].filter((folder) => folder !== '' && existsSync(join(folder, 'registry.terraform.io')));

/** @param home an empty folder of the test's */
export function findTerraform(home: string): Terraform | undefined {
  const program = ['terraform', 'tofu'].find((name) => spawnSync(name, ['version']).status === 0);
  if (program === undefined) return undefined;
  const env = { ...cleanEnvironment(home), CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' };
  const run: Terraform['run'] = (folder, command = '', ...args) => {
    const { status, stdout, stderr } = spawnSync(program, [`-chdir=${folder}`, command, ...args], {
      env,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    return { status, said: stdout + stderr };
  };
  return {
    run,
    init: (folder) =>
      [...MIRRORS.map((mirror) => [`-plugin-dir=${mirror}`]), []].some(
        (from) => run(folder, 'init', '-input=false', '-no-color', '-backend=false', ...from).status === 0,
      ),
  };
}
