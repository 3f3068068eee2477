/**
 * Blocks of shell as the commands in them. Reads what pages have: quotes, comments, pipes, `$(…)`, settings before a
 * command, lines that go on. No loops, no here-documents.
 */

export interface ShellCommand {
  /** The program and what it is given, without quotes; nothing stands for what `$(…)` would give. */
  readonly words: readonly string[];
  /** Settings before it, `NAME=value`. */
  readonly settings: readonly string[];
}

const ASSIGNMENT = /^[A-Za-z_]\w*=/;

/** In the order in which they are written; what is inside of `$(…)` comes before the command that it is part of. */
export function commandsOf(code: string): readonly ShellCommand[] {
  const reader = new Reader(code);
  while (!reader.isAtEnd()) reader.readCommands();
  return reader.commands;
}

class Reader {
  readonly commands: ShellCommand[] = [];
  readonly #code: string;
  #at = 0;

  constructor(code: string) {
    this.#code = code;
  }

  isAtEnd(): boolean {
    return this.#at >= this.#code.length;
  }

  /** Up to the bracket that closes them, or the end. */
  readCommands(): void {
    let words: string[] = [];
    let word: string | undefined;
    const endWord = (): void => {
      if (word !== undefined) words.push(word);
      word = undefined;
    };
    const endCommand = (): void => {
      endWord();
      const first = words.findIndex((text) => !ASSIGNMENT.test(text));
      if (first !== -1) this.commands.push({ words: words.slice(first), settings: words.slice(0, first) });
      words = [];
    };
    while (!this.isAtEnd()) {
      const char = this.#next();
      if (char === ')') break;
      if (char === '#' && word === undefined) this.#at = this.#find('\n');
      else if (/[\n;|&(]/.test(char)) endCommand();
      else if (/\s/.test(char)) endWord();
      else if (char === '\\' && this.#code[this.#at] === '\n') this.#at += 1;
      else word = (word ?? '') + this.#piece(char);
    }
    endCommand();
  }

  #next(): string {
    this.#at += 1;
    return this.#code[this.#at - 1] ?? '';
  }

  #find(char: string): number {
    const found = this.#code.indexOf(char, this.#at);
    return found === -1 ? this.#code.length : found;
  }

  /** A part of a word that begins with this character. */
  #piece(char: string): string {
    if (char === '\\') return this.#next();
    if (char === "'") return this.#singleQuoted();
    if (char === '"') return this.#doubleQuoted();
    if (char !== '$' || this.#code[this.#at] !== '(') return char;
    this.#at += 1;
    this.readCommands();
    return '';
  }

  #singleQuoted(): string {
    const start = this.#at;
    this.#at = this.#find("'") + 1;
    return this.#code.slice(start, this.#at - 1);
  }

  #doubleQuoted(): string {
    let text = '';
    while (!this.isAtEnd()) {
      const char = this.#next();
      if (char === '"') break;
      text += char === '$' || char === '\\' ? this.#piece(char) : char;
    }
    return text;
  }
}
