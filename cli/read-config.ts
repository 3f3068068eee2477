/**
 * Which config a command is about: the one that is named, or the one that lies where a project keeps it. A JSON policy
 * becomes the config that the prebuilt functions make of it.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { dropInConfig } from '../adapters/compose/drop-in-config.ts';
import type { AuthDefinition } from '../core/config.ts';
import type { ConfigProblem } from '../core/config-problem.ts';
import { readJsonPolicy } from '../core/policy/json-policy.ts';
import type { Environment } from '../core/settings.ts';
import { CannotRun } from './command.ts';
import { importConfig, type ReadingAgain } from './import-config.ts';
import { readText } from './system-error.ts';

/** How help describes it, in every command that takes one. */
export const CONFIG_FILE = {
  value: 'FILE',
  about: 'auth.config.ts (default: the one in this folder), .js, or a policy as .json',
};

const USUAL_NAMES = ['auth.config.ts', 'auth.config.mts', 'auth.config.js', 'auth.config.mjs'];

export interface ReadConfig {
  /** As it was named, or as it was found. */
  readonly file: string;
  /** Of what the file exports, unchecked: of a JSON policy alone it is a definition in any case. */
  readonly definition: AuthDefinition;
  /** Of a JSON policy only. With any, the definition is a stand-in. */
  readonly problems: readonly ConfigProblem[];
}

/** @throws CannotRun when there is no such file, or it cannot be imported */
export async function readConfig(
  named: string | undefined,
  folder: string,
  env: Environment,
  again?: ReadingAgain,
): Promise<ReadConfig> {
  const file = named ?? USUAL_NAMES.find((name) => existsSync(resolve(folder, name)));
  if (file === undefined) throw new CannotRun(`There is no auth.config.ts in ${folder}. Name the file.`);
  const path = resolve(folder, file);
  if (!existsSync(path)) throw new CannotRun(`There is no file ${file}.`);
  if (!/\.json$/i.test(path)) {
    const { build } = ((await importConfig(path, again)) ?? {}) as Partial<AuthDefinition>;
    return { file, definition: { build, file } as AuthDefinition, problems: [] };
  }
  again?.onFiles([path]);
  const problems: ConfigProblem[] = [];
  const rules = readJsonPolicy(await readText(path), file, problems);
  return { file, ...dropInConfig(env, rules, problems) };
}
