/**
 * What every command has in common: how its arguments are read, where it writes, and which exit code means what.
 *
 * 0: done. 1: done, and what was found or tried is not well. 2: it could not be done as asked. An argument may be a
 * secret, so that no message repeats one (S10): of an argument that is not understood, only an option's name is named.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ParseArgsConfig, parseArgs, parseEnv } from 'node:util';
import type { Environment } from '../core/settings.ts';

export type ExitCode = 0 | 1 | 2;

export interface Terminal {
  readonly env: Environment;
  /** The working directory. */
  readonly folder: string;
  /** Standard output: what was asked for. */
  readonly print: (text: string) => void;
  /** Standard error: what whoever reads the output should know beside it. */
  readonly note: (text: string) => void;
  /** All of standard input. */
  readonly readInput: () => Promise<string>;
}

export interface Command {
  /** What `--help` prints; its first line is how the command is called. */
  readonly help: string;
  run(args: readonly string[], terminal: Terminal): Promise<ExitCode>;
}

/** The command cannot be done as asked; the message is for whoever typed it. Exit code 2. */
export class CannotRun extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;
type Read<O extends Options> = ReturnType<typeof parseArgs<{ options: O; allowPositionals: true }>>;

/** @throws CannotRun */
export function readArguments<const O extends Options>(
  args: readonly string[],
  options: O,
  maxPositionals: number,
): Read<O> {
  let read: Read<O>;
  try {
    read = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const option = /'(--?[\w-]+)/.exec(error instanceof Error ? error.message : '')?.[1];
    const isUnknown = (error as { readonly code?: unknown }).code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION';
    const takesValue = option !== undefined && options[option.replace(/^--/, '')]?.type === 'string';
    if (option === undefined) throw new CannotRun('The arguments cannot be read.');
    if (isUnknown) throw new CannotRun(`There is no option ${option}.`);
    throw new CannotRun(takesValue ? `${option} needs a value.` : `${option} takes no value.`);
  }
  if (read.positionals.length > maxPositionals) throw new CannotRun('There are too many arguments.');
  return read;
}

/** The environment of the process, and over it that of a file, where one is named. */
export async function readEnvironment(file: string | undefined, { env, folder }: Terminal): Promise<Environment> {
  if (file === undefined) return env;
  try {
    return { ...env, ...parseEnv(await readFile(resolve(folder, file), 'utf8')) };
  } catch {
    throw new CannotRun(`The file ${file} cannot be read.`);
  }
}
