#!/usr/bin/env node
/**
 * `ably-auth-functions`, the operator's command: which subcommand was meant, and how the process ends. Each is loaded
 * when it is asked for.
 */
import { text } from 'node:stream/consumers';
import { CannotRun, type Command, type ExitCode, type Terminal } from './command.ts';

const COMMANDS: Readonly<Record<string, { readonly summary: string; readonly load: () => Promise<Command> }>> = {
  lint: {
    summary: 'what is wrong with a policy, or allowed and hardly meant',
    load: async () => (await import('./lint.ts')).lint,
  },
  explain: {
    summary: 'what a caller gets, and why',
    load: async () => (await import('./explain.ts')).explain,
  },
  rotate: {
    summary: 'another API key into the settings of Vercel or Netlify',
    load: async () => (await import('./rotate.ts')).rotate,
  },
  retire: {
    summary: 'the end of keys that were rotated out',
    load: async () => (await import('./retire.ts')).retire,
  },
};

const HELP = [
  'Usage: ably-auth-functions COMMAND [...]',
  '',
  ...Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(9)} ${summary}`),
  '',
  'ably-auth-functions COMMAND --help says more.',
].join('\n');

const terminal: Terminal = {
  env: process.env,
  folder: process.cwd(),
  print: (line) => console.log(line),
  note: (line) => console.error(line),
  readInput: () => text(process.stdin),
};

process.exitCode = await main(process.argv.slice(2));

async function main([name = '--help', ...args]: readonly string[]): Promise<ExitCode> {
  const isHelp = (word: string): boolean => word === '--help' || word === '-h';
  if (isHelp(name) || name === 'help') {
    terminal.print(HELP);
    return 0;
  }
  const known = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!known) {
    terminal.note(`There is no such command.\n\n${HELP}`);
    return 2;
  }
  const command = await known.load();
  if (args.some(isHelp)) {
    terminal.print(command.help);
    return 0;
  }
  try {
    return await command.run(args, terminal);
  } catch (error) {
    if (!(error instanceof CannotRun)) throw error;
    terminal.note(`${error.message}\nSee ably-auth-functions ${name} --help.`);
    return 2;
  }
}
