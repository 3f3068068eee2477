/**
 * Reads the arguments with commander, from what each command says of itself (docs/decisions/0036). What commander would say
 * of an argument that it does not understand is put into words of ours: its own repeat the value, which may be a secret (S10).
 */
import { Argument, CommanderError, Option as CommanderOption, Command as Program } from 'commander';
import {
  CannotRun,
  type Command,
  type ExitCode,
  type Operand,
  type Option,
  type Options,
  type Values,
} from './command.ts';
import type { Listed } from './commands.ts';
import { asCannotRun } from './system-error.ts';
import type { OpenTerminal } from './terminal.ts';

export const NAME = 'ably-auth-functions';
const MAX_HELP_WIDTH = 110;

/** @returns the exit code */
export async function runCommand(
  args: readonly string[],
  commands: Readonly<Record<string, Listed>>,
  version: () => string,
  terminal: OpenTerminal,
): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  let described: Described | undefined;
  const program = openProgram(terminal);
  if (args[0] === '--version' || args[0] === '-V') {
    terminal.print(version());
    return 0;
  }
  for (const [name, { summary, group }] of Object.entries(commands)) {
    program.command(name).summary(summary).helpGroup(group);
  }
  // It is loaded when it is known to be meant, and before its arguments are read.
  program.hook('preSubcommand', async (_, meant) => {
    const listed = commands[meant.name()];
    if (listed === undefined) return;
    const command = await listed.load();
    described = { name: meant.name(), command };
    describe(meant, command, terminal).action(async () => {
      exitCode = await command.run({ values: readValues(meant, command.options), operands: meant.args }, terminal);
    });
    refuseDashedValues(args, command.options);
  });
  try {
    await program.parseAsync(asHelp(args, commands), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const message =
      error instanceof CommanderError ? inOurWords(error, described?.command) : asCannotRun(error, terminal.folder);
    if (typeof message !== 'string' && !(message instanceof CannotRun)) throw error;
    const topic = described === undefined ? '--help' : `${described.name} --help`;
    terminal.note(`${message instanceof CannotRun ? message.message : message}\nSee ${NAME} ${topic}.`);
    return 2;
  }
}

interface Described {
  readonly name: string;
  readonly command: Command;
}

function openProgram(terminal: OpenTerminal): Program {
  return (
    new Program(NAME)
      .description('The Ably auth endpoint, from the first file to the day a key leaks.')
      .usage('COMMAND [options]')
      // An option belongs to the command that it stands behind.
      .enablePositionalOptions()
      .exitOverride()
      .configureOutput({
        writeOut: (text) => terminal.print(text.replace(/\n$/, '')),
        // Said in our words.
        writeErr: () => {},
        outputError: () => {},
        getOutHasColors: () => terminal.hasColours,
        getOutHelpWidth: () => helpWidth(terminal),
      })
      .configureHelp({ styleTitle: (title) => terminal.paint('bold', title) })
      .helpOption('-h, --help', 'this help; behind a command, what that does')
      .helpCommand(false)
      .option('-V, --version', 'which version this is')
      .option('--no-color', 'no colours; so does NO_COLOR in the environment')
      .addHelpText(
        'after',
        `\nExit code: 0 done; 1 done, and not well; 2 not done as asked. ${NAME} COMMAND --help says more.`,
      )
  );
}

/** Nothing, and `help NAME`, ask for help; of a command that does not exist there is none. */
function asHelp(args: readonly string[], commands: Readonly<Record<string, Listed>>): readonly string[] {
  const [first = 'help', second = '--help'] = args;
  const asked = first === 'help' ? [second, '--help'] : args;
  const isUnknown = !asked[0]?.startsWith('-') && !Object.hasOwn(commands, asked[0] ?? '');
  return isUnknown ? asked.slice(0, 1) : asked;
}

function describe(meant: Program, command: Command, terminal: OpenTerminal): Program {
  const { about, operands = [], options, more } = command;
  const wrapped = meant.createHelp().boxWrap(more, helpWidth(terminal));
  meant.description(about).addHelpText('after', `\n${wrapped}`).helpOption('-h, --help', 'this help');
  for (const { name, about: what, choices } of operands) {
    const argument = new Argument(`[${name}]`, what);
    meant.addArgument(choices === undefined ? argument : argument.choices([...choices]));
  }
  for (const [name, option] of Object.entries(options)) meant.addOption(asCommanders(name, option));
  return meant.option('--no-color', 'no colours').allowExcessArguments(false);
}

function helpWidth({ columns }: OpenTerminal): number {
  return Math.min(columns ?? MAX_HELP_WIDTH, MAX_HELP_WIDTH);
}

function asCommanders(name: string, { about, value, choices, repeats, group }: Option): CommanderOption {
  const option = new CommanderOption(value === undefined ? `--${name}` : `--${name} <${value}>`, about);
  if (choices !== undefined) option.choices([...choices]);
  if (repeats) option.argParser((one: string, before: readonly string[] = []) => [...before, one]);
  return group === undefined ? option : option.helpGroup(group);
}

function readValues(meant: Program, options: Options): Values<Options> {
  const attributes = new Map(meant.options.map((option) => [option.long?.slice(2), option.attributeName()]));
  return Object.fromEntries(
    Object.keys(options).map((name) => [name, meant.getOptionValue(attributes.get(name) ?? name)]),
  );
}

/** `--env --json`: whoever writes that has forgotten the value. One that really starts so is written `--env=-file`. */
function refuseDashedValues(args: readonly string[], options: Options): void {
  for (const [index, arg] of args.entries()) {
    if (arg === '--') return;
    const name = arg.slice(2);
    const takesValue = arg.startsWith('--') && Object.hasOwn(options, name) && options[name]?.value !== undefined;
    if (takesValue && /^-./.test(args[index + 1] ?? '')) throw new CannotRun(`--${name} needs a value.`);
  }
}

function inOurWords({ code, message }: CommanderError, { options = {}, operands = [] }: Partial<Command> = {}): string {
  // Of `-shunter2` only `-s`: what stands behind it is a value.
  const option = /'(--[\w-]+|-\w)/.exec(message)?.[1] ?? '';
  const known = Object.hasOwn(options, option.slice(2)) ? options[option.slice(2)] : undefined;
  // The names in it are ours. At the very end, because what was typed could look the same.
  const nearest = /\n\(Did you mean ((?:one of )?[\w, -]+\?)\)$/.exec(message)?.[1];
  const hint = nearest === undefined ? '' : ` Did you mean ${nearest}`;
  switch (code) {
    case 'commander.unknownOption':
      return known ? `${option} takes no value.` : `There is no option ${option}.${hint}`;
    case 'commander.optionMissingArgument':
      return `${option} needs a value.`;
    case 'commander.invalidArgument':
      return choicesOf(option, known, operands);
    case 'commander.excessArguments':
      return 'There are too many arguments.';
    case 'commander.unknownCommand':
      return `There is no such command.${hint}`;
    default:
      return 'The arguments cannot be read.';
  }
}

/** No command has more than one operand with choices. */
function choicesOf(option: string, known: Option | undefined, operands: readonly Operand[]): string {
  if (known?.choices) return `${option} is one of ${known.choices.join(', ')}.`;
  const operand = operands.find(({ choices }) => choices !== undefined);
  return `${operand?.name ?? 'The argument'} is one of ${(operand?.choices ?? []).join(', ')}.`;
}
