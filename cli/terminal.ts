/** The terminal that a command writes to: where colours are wanted, where somebody watches, and where somebody can answer. */
import { text } from 'node:stream/consumers';
import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import type { Environment } from '../core/settings.ts';
import type { Terminal } from './command.ts';
import { whenAbandoned } from './output-failure.ts';

/** Erases the line and goes back to its start. */
const ERASE_LINE = '\r\u001B[2K';

export interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: WriteStream;
  readonly stderr: WriteStream;
}

export interface OpenTerminal extends Terminal {
  readonly hasColours: boolean;
  /** Of standard output, where it is a terminal. */
  readonly columns: number | undefined;
}

/** @param wantsColours `--no-color` was not said */
export function openTerminal(streams: Streams, env: Environment, folder: string, wantsColours: boolean): OpenTerminal {
  const { stdin, stdout, stderr } = streams;
  const hasColours = wantsColours && colours(env, stdout);
  const isWatched = stderr.isTTY === true && env.TERM !== 'dumb';
  let isShowing = false;
  const progress = (line: string | undefined): void => {
    if (!isWatched || (line === undefined && !isShowing)) return;
    // One that is wrapped could not be erased.
    stderr.write(ERASE_LINE + (line ?? '').slice(0, Math.max(0, (stderr.columns || 80) - 1)));
    isShowing = line !== undefined;
  };
  const write = (stream: WriteStream, line: string): void => {
    progress(undefined);
    stream.write(`${line}\n`);
  };
  return {
    env,
    folder,
    abandoned: whenAbandoned(streams),
    hasColours,
    columns: stdout.isTTY ? stdout.columns : undefined,
    print: (line) => write(stdout, line),
    note: (line) => write(stderr, line),
    // Whether colours are wanted is decided here, not by Node.
    paint: (style, line) => (hasColours ? styleText(style, line, { validateStream: false }) : line),
    progress,
    isInteractive: stdin.isTTY === true && stdout.isTTY === true,
    readInput: () => text(stdin),
  };
}

/** As https://no-color.org and https://force-color.org say; who says both gets none. */
function colours({ NO_COLOR, FORCE_COLOR, TERM }: Environment, stdout: WriteStream): boolean {
  if (NO_COLOR || FORCE_COLOR === '0' || FORCE_COLOR === 'false') return false;
  return Boolean(FORCE_COLOR) || (stdout.isTTY === true && TERM !== 'dumb');
}
