/** The settings that a command reads a config with: those of its process, and over them those of a file that was named. */
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { Environment } from '../core/settings.ts';
import type { Terminal } from './command.ts';
import { readText } from './system-error.ts';

/** @throws what the system says of the file, which whoever runs the command tells by its name */
export async function readEnvironment(file: string | undefined, { env, folder }: Terminal): Promise<Environment> {
  return file === undefined ? env : { ...env, ...parseEnv(await readText(resolve(folder, file))) };
}
