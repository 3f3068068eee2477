/**
 * What every command has in common: how it says which options it takes, where it writes, and which exit code means what.
 *
 * 0: done. 1: done, and what was found or tried is not well. 2: it could not be done as asked. An argument may be a
 * secret, so that no message repeats one (S10): of an argument that is not understood, only an option's name is named.
 * How arguments are read is in parser.ts.
 */
import { type ConfigProblem, describeProblem } from '../core/config-problem.ts';
import type { Environment } from '../core/settings.ts';

export type ExitCode = 0 | 1 | 2;

export type Style = 'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim';

export interface Terminal {
  readonly env: Environment;
  /** The working directory. */
  readonly folder: string;
  /** Standard output: what was asked for, and with `--json` one JSON value and nothing else. */
  readonly print: (text: string) => void;
  /** Standard error: what whoever reads the output should know beside it. */
  readonly note: (text: string) => void;
  /** Colours what is printed, where standard output wants colours; else the text as it is. */
  readonly paint: (style: Style, text: string) => string;
  /** A line on standard error that the next one replaces, and `undefined` erases; only where somebody watches. */
  readonly progress: (text: string | undefined) => void;
  /** Whether there is somebody to ask: standard input and output are both a terminal. */
  readonly isInteractive: boolean;
  /** Settles when standard output takes nothing any more: what goes on until it is stopped has nobody to go on for. */
  readonly abandoned: Promise<void>;
  /** All of standard input. */
  readonly readInput: () => Promise<string>;
}

/** An option without `value` is a flag. Its name, in the table, is without dashes. */
export interface Option {
  /** For help: a phrase that starts small and ends without a full stop. */
  readonly about: string;
  /** What it takes, as help calls it: `FILE`. */
  readonly value?: string;
  /** The only values that it takes. */
  readonly choices?: readonly string[];
  /** It may stand there several times, and is a list. */
  readonly repeats?: true;
  /** The heading that help puts it under, with a colon; default `Options:`. */
  readonly group?: string;
}

export type Options = Readonly<Record<string, Option>>;

type ValueOf<O> = O extends { readonly value: string }
  ? O extends { readonly repeats: true }
    ? readonly string[]
    : O extends { readonly choices: readonly (infer C)[] }
      ? C
      : string
  : boolean;

export type Values<O extends Options> = { readonly [Name in keyof O]?: ValueOf<O[Name]> | undefined };

export interface Operand {
  /** As help calls it: `FILE`. */
  readonly name: string;
  readonly about: string;
  /** The only values that it takes. */
  readonly choices?: readonly string[];
}

export interface CommandOf<O extends Options> {
  /** What it does, above the options: paragraphs, each one line, with an empty line between. */
  readonly about: string;
  /** Those that are not options, each of which may be left out. */
  readonly operands?: readonly Operand[];
  readonly options: O;
  /** What to know beside it, below the options; ends with what the exit codes mean. */
  readonly more: string;
  /** @throws CannotRun */
  run(
    given: { readonly values: Values<O>; readonly operands: readonly string[] },
    terminal: Terminal,
  ): Promise<ExitCode>;
}

export type Command = CommandOf<Options>;

/** Keeps the types of the options for `run`. */
export function defineCommand<const O extends Options>(command: CommandOf<O>): Command {
  // What the parser hands over is what the table of options says.
  return command as unknown as Command;
}

/** The command cannot be done as asked; the message is for whoever typed it. Exit code 2. */
export class CannotRun extends Error {}

/** One on each line, below what they stand in the way of. */
export function listProblems(heading: string, problems: readonly ConfigProblem[]): string {
  return [heading, ...problems.map((problem) => `  - ${describeProblem(problem)}`)].join('\n');
}
