/** What `init` asks where somebody can answer. Whoever leaves a question (Ctrl+C) leaves the command, and nothing is written. */
import type { Readable, Writable } from 'node:stream';
import { CannotRun } from '../command.ts';
import type { Ask } from './identities.ts';

/** How a person is asked: in a terminal by @clack/prompts. */
export interface Questions {
  /** @param first offered before the others */
  choose(
    question: string,
    choices: Readonly<Record<string, { readonly about: string }>>,
    first?: string,
  ): Promise<string>;
  fill(ask: Ask): Promise<string>;
  confirm(question: string): Promise<boolean>;
}

/** @param streams default: those of the process */
export async function openQuestions(
  streams: { readonly input?: Readable; readonly output?: Writable } = {},
): Promise<Questions> {
  const { confirm, isCancel, select, text } = await import('@clack/prompts');
  const answered = <T>(answer: T): Exclude<T, symbol> => {
    if (isCancel(answer)) throw new CannotRun('Nothing was written.');
    return answer as Exclude<T, symbol>;
  };
  return {
    async choose(message, choices, first) {
      const options = Object.entries(choices).map(([value, { about }]) => ({ value, label: value, hint: about }));
      return answered(
        await select({ ...streams, message, options, ...(first !== undefined && { initialValue: first }) }),
      );
    },
    async fill({ name, about, example, isList }) {
      const message = `${name}: ${about}${isList ? '; several with commas between' : ''}`;
      const validate = (value: string | undefined) => (value?.trim() ? undefined : 'It cannot be guessed.');
      return answered(await text({ ...streams, message, placeholder: example, validate }));
    },
    async confirm(message) {
      return answered(await confirm({ ...streams, message, initialValue: false }));
    },
  };
}
