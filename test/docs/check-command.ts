/**
 * Whether a command on a page can be meant: npm has the script, our command has the subcommand and the options, the file
 * is there, the program is one that readers have or are told to install.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { transformSync } from 'esbuild';
import { COMMANDS } from '../../cli/commands.ts';
import { runCommand } from '../../cli/parser.ts';
import type { OpenTerminal } from '../../cli/terminal.ts';
import { SETTINGS } from '../../core/settings.ts';
import { ROOT } from '../house/source-files.ts';
import type { ShellCommand } from './shell.ts';

/** What readers have on their machine, or have been told to install by the page. */
const PROGRAMS = new Set([
  ...[
    'cat',
    'cd',
    'cp',
    'curl',
    'date',
    'echo',
    'export',
    'git',
    'mkdir',
    'openssl',
    'printf',
    'read',
    'tr',
    'unset',
    'zip',
  ],
  ...[
    'pbpaste',
    'jq',
    'docker',
    'aws',
    'terraform',
    'vercel',
    'netlify',
    'java',
    'mvn',
    'gradle',
    'flutter',
    'dart',
    'swift',
  ],
  ...[
    'base64',
    'cut',
    'sed',
    'adb',
    'xcodebuild',
    'xcrun',
    'pod',
    'mosquitto_sub',
    'mosquitto_pub',
    'ipconfig',
    'hostname',
  ],
]);
/** Tools that npx brings. */
const NPX_TOOLS = new Set([
  'osls',
  'vercel',
  'netlify',
  'wrangler',
  'vitest',
  'tsx',
  'expo',
  'create-next-app',
  'next',
  'vite',
]);
/** What npm does without a script. */
const NPM_OWN = new Set(['ci', 'install', 'i', 'init', 'create', 'exec', 'view', 'pack']);
/** Names that look like settings of ours: read by a tool of others, or by the page's own script. */
const SETTINGS_OF_OTHERS = new Set(['ABLY_ACCOUNT_TOKEN', 'ABLY_URL']);
const OWN_COMMAND = 'ably-auth-functions';

/** Reads the commands of a block one after another: `cd` and `git clone` change where the next one is. */
export function problemsIn(commands: readonly ShellCommand[], startFolder: string): readonly string[] {
  let folder = startFolder;
  let clone: string | undefined;
  const problems: string[] = [];
  for (const { words, settings } of commands) {
    const [program = '', ...given] = words;
    if (program === 'git' && given[0] === 'clone') clone = given[2] ?? given[1]?.split('/').at(-1);
    if (program === 'cd') {
      const [first, ...rest] = (given[0] ?? '').split('/');
      const below = normalize(join(folder, given[0] ?? ''));
      // A page of a template begins in its folder, or at the root and goes there.
      folder = first === clone ? join('.', ...rest) : isThere(below) ? below : (given[0] ?? '');
      if (!isThere(folder)) problems.push(`there is no folder ${folder}`);
    }
    // npm links a package's command into the projects that install it, and not into its own clone.
    if (program === 'npx' && given[0] === OWN_COMMAND && clone !== undefined && folder === '.') {
      problems.push(`npx does not find ${OWN_COMMAND} in a clone: npm run -s cli --`);
    }
    problems.push(
      ...problemsOf(program, given, folder),
      ...missingFiles(words),
      ...unknownSettings([...words, ...settings]),
    );
  }
  return problems;
}

function problemsOf(program: string, given: readonly string[], folder: string): readonly string[] {
  if (program === 'npm') return npmProblems(given, folder);
  if (program === 'npx') {
    const [tool = '', ...rest] = given.filter((word, index) => index > 0 || !word.startsWith('-'));
    if (tool === OWN_COMMAND) return ownProblems(rest);
    return NPX_TOOLS.has(tool.replace(/@[\w.-]+$/, '')) ? [] : [`npx ${tool} is not known here`];
  }
  if (program === OWN_COMMAND) return ownProblems(given);
  if (program === 'node') return nodeProblems(given, folder);
  return PROGRAMS.has(program) ? [] : [`${program} is not known here`];
}

function npmProblems([sub = '', ...rest]: readonly string[], folder: string): readonly string[] {
  if (NPM_OWN.has(sub)) return [];
  const script = sub === 'run' ? (rest.find((word) => !word.startsWith('-')) ?? '') : sub;
  const path = join(ROOT, folder, 'package.json');
  const scripts = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { scripts?: object }).scripts : {};
  if (!Object.hasOwn(scripts ?? {}, script)) return [`${join(folder, 'package.json')} has no script ${script}`];
  return script === 'cli' ? ownProblems(rest.slice(rest.indexOf('--') + 1)) : [];
}

function nodeProblems(given: readonly string[], folder: string): readonly string[] {
  const inline = given.indexOf('-e');
  if (inline !== -1) {
    transformSync(given[inline + 1] ?? '', { format: 'esm' });
    return [];
  }
  const file = given.find((word) => !word.startsWith('-')) ?? '';
  return isThere(join(folder, file)) ? [] : [`there is no file ${join(folder, file)}`];
}

/** What the command itself says of a subcommand, `''` of all. In this process: each of its own takes seconds. */
const HELP_TEXTS = new Map(
  await Promise.all(['', ...Object.keys(COMMANDS)].map(async (name) => [name, await readHelp(name)] as const)),
);

async function readHelp(name: string): Promise<string> {
  let printed = '';
  const terminal: OpenTerminal = {
    ...{ env: {}, folder: ROOT, hasColours: false, columns: undefined, isInteractive: false },
    print: (text) => {
      printed += text;
    },
    note: () => {},
    paint: (_, text) => text,
    progress: () => {},
    abandoned: new Promise(() => {}),
    readInput: () => Promise.resolve(''),
  };
  await runCommand([...(name === '' ? [] : [name]), '--help'], COMMANDS, () => '', terminal);
  return printed;
}

function ownProblems([subcommand = '--help', ...rest]: readonly string[]): readonly string[] {
  if (subcommand.startsWith('-')) return [];
  const names = [...(HELP_TEXTS.get('') ?? '').matchAll(/^ {2,}([a-z]+)\b/gm)].map(([, name]) => name);
  if (!names.includes(subcommand)) return [`${OWN_COMMAND} has no ${subcommand}`];
  const options = rest.filter((word) => /^--[a-z]/.test(word)).map((word) => word.replace(/=.*/, ''));
  return options
    .filter((option) => !new RegExp(`${option}(?![\\w-])`).test(HELP_TEXTS.get(subcommand) ?? ''))
    .map((option) => `${OWN_COMMAND} ${subcommand} has no ${option}`);
}

/** What is built is there after `npm run build`, which test/build looks at. */
const isThere = (path: string): boolean => /^dist(\/|$)/.test(path) || existsSync(join(ROOT, path));

function missingFiles(words: readonly string[]): readonly string[] {
  const named = words.filter((word) => /^(infra|examples|core|adapters|cli|dev|test|docs)\/[\w./-]+$/.test(word));
  return named.filter((path) => !isThere(path)).map((path) => `there is no file ${path}`);
}

function unknownSettings(words: readonly string[]): readonly string[] {
  const named = words.flatMap((word) => word.match(/\bABLY_[A-Z_]+\b/g) ?? []);
  return named
    .filter((name) => !Object.hasOwn(SETTINGS, name) && !SETTINGS_OF_OTHERS.has(name))
    .map((name) => `there is no setting ${name}`);
}
