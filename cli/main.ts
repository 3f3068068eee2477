#!/usr/bin/env node
/** `ably-auth-functions`, the operator's command: how its process starts and ends. */
import { framesOf } from '../core/stack-frames.ts';
import { COMMANDS } from './commands.ts';
import { packageVersion } from './package-version.ts';
import { runCommand } from './parser.ts';
import { openTerminal } from './terminal.ts';

const args = process.argv.slice(2);
// Looked for before all else, because help has colours as well. No option takes a value that looks like one.
const terminal = openTerminal(process, process.env, process.cwd(), !args.includes('--no-color'));

try {
  process.exitCode = await runCommand(args, COMMANDS, packageVersion, terminal);
} catch (error) {
  // The message may hold what a config read, or an argument (S10); where it happened holds neither.
  const kind = error instanceof Error ? error.constructor.name : typeof error;
  const where = error instanceof Error ? framesOf(error) : [];
  terminal.note(
    [`A bug of this command: ${kind}. Its message may hold a secret, and is not shown.`, ...where].join('\n'),
  );
  process.exitCode = 2;
}
