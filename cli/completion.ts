/**
 * `completion`: a script that completes commands, options and what they take, made once from the table of commands. No process
 * is started while somebody types.
 */
import { CannotRun, type Command, defineCommand, type ExitCode } from './command.ts';
import type { Listed } from './commands.ts';
import { NAME } from './parser.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** @param all every command, itself among them */
export function createCompletion(all: Readonly<Record<string, Listed>>): Command {
  return defineCommand({
    about: 'Prints a script with which a shell completes this command, where it is found by its name.',
    operands: [{ name: 'SHELL', about: 'which one', choices: SHELLS }],
    options: {},
    more: [
      `bash: eval "$(${NAME} completion bash)"   zsh: the same with zsh   fish: ${NAME} completion fish | source`,
      'Exit code: 0; 2 when no shell was named.',
    ].join('\n'),
    async run({ operands }, { print }): Promise<ExitCode> {
      const [shell] = operands;
      if (shell === undefined) throw new CannotRun(`Name the shell: ${SHELLS.join(', ')}.`);
      const loading = Object.entries(all).map(async ([name, { summary, load }]) => ({
        ...{ name, summary },
        command: await load(),
      }));
      const commands = await Promise.all(loading);
      const prelude = shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : '';
      print(shell === 'fish' ? fishScript(commands) : prelude + bashScript(commands));
      return 0;
    },
  });
}

interface Known {
  readonly name: string;
  readonly summary: string;
  readonly command: Command;
}

function bashScript(commands: readonly Known[]): string {
  const choose = (words: readonly string[]): string => `COMPREPLY=($(compgen -W ${quote(words.join(' '))} -- "$word"))`;
  const values = commands.flatMap(({ name, command }) =>
    Object.entries(command.options).flatMap(([option, { value, choices }]) =>
      value === undefined
        ? []
        : [
            `    ${quote(`${name} --${option}`)}) ${choices ? choose(choices) : 'COMPREPLY=($(compgen -f -- "$word"))'}; return ;;`,
          ],
    ),
  );
  const options = commands.map(({ name, command }) => {
    const words = [...optionsOf(command), ...(command.operands ?? []).flatMap(({ choices = [] }) => choices)];
    return `    ${name}) ${choose(words)} ;;`;
  });
  return `_ably_auth_functions() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    ${choose([...commands.map(({ name }) => name), 'help', '--help', '--version'])}
    return
  fi
  case "$command $before" in
${values.join('\n')}
  esac
  case "$command" in
${options.join('\n')}
  esac
  if [ "\${#COMPREPLY[@]}" -eq 0 ]; then COMPREPLY=($(compgen -f -- "$word")); fi
}
complete -F _ably_auth_functions ${NAME}`;
}

function fishScript(commands: readonly Known[]): string {
  const lines = commands.flatMap(({ name, summary, command }) => {
    const seen = `complete -c ${NAME} -n '__fish_seen_subcommand_from ${name}'`;
    const options = Object.entries(command.options).map(([option, { about, value, choices }]) => {
      const takes = value === undefined ? '' : choices ? ` -x -a ${quote(choices.join(' '))}` : ' -r';
      return `${seen} -l ${option}${takes} -d ${quote(about)}`;
    });
    const operands = (command.operands ?? []).flatMap(({ choices }) =>
      choices ? [`${seen} -f -a ${quote(choices.join(' '))}`] : [],
    );
    return [`complete -c ${NAME} -f -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`, ...options, ...operands];
  });
  return lines.join('\n');
}

function optionsOf({ options }: Command): readonly string[] {
  return [...Object.keys(options), 'no-color', 'help'].map((option) => `--${option}`);
}

/** For all three shells; fish reads a backslash in single quotes, and no text here has one. */
function quote(text: string): string {
  return `'${text.replaceAll("'", '’')}'`;
}
