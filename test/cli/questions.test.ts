/** The questions of `init`, answered by keys as a terminal sends them. */
import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { openQuestions, type Questions } from '../../cli/init/questions.ts';

const DOWN = '\u001B[B';
const ENTER = '\r';
const CTRL_C = '\u0003';
const CHOICES = { vercel: { about: 'functions' }, node: { about: 'a server' } };

let input: PassThrough;
let questions: Questions;
let shown: string;
beforeEach(async () => {
  input = new PassThrough();
  const output = new PassThrough();
  shown = '';
  output.on('data', (chunk) => {
    shown += chunk;
  });
  questions = await openQuestions({ input, output });
});

/** Answers as a person does, who sees the question first. */
async function answer<T>(question: Promise<T>, ...keys: readonly string[]): Promise<T> {
  for (const key of keys) {
    await new Promise((resolve) => setImmediate(resolve));
    input.write(key);
  }
  return question;
}

describe('openQuestions', () => {
  it('lets somebody choose, and begins with what it was told', async () => {
    expect(await answer(questions.choose('Where?', CHOICES), DOWN, ENTER)).toBe('node');
    expect(await answer(questions.choose('Where?', CHOICES, 'node'), ENTER)).toBe('node');
    expect(shown).toMatch(/Where\?[\s\S]*vercel[\s\S]*node[\s\S]*a server/);
  });

  it('asks for what cannot be guessed until there is something', async () => {
    const ask = { name: 'domain', about: 'of your tenant', example: 'tenant.eu.auth0.com' };
    expect(await answer(questions.fill(ask), ENTER, 'app.example', ENTER)).toBe('app.example');
    expect(shown).toMatch(/domain: of your tenant[\s\S]*It cannot be guessed/);
  });

  it('overwrites nothing for somebody who only presses Enter', async () => {
    expect(await answer(questions.confirm('Overwrite it?'), ENTER)).toBe(false);
    expect(await answer(questions.confirm('Overwrite it?'), 'y')).toBe(true);
  });

  it('leaves the command with whoever leaves a question', async () => {
    await expect(answer(questions.choose('Where?', CHOICES), CTRL_C)).rejects.toThrow('Nothing was written.');
    await expect(answer(questions.confirm('Overwrite it?'), CTRL_C)).rejects.toThrow('Nothing was written.');
  });
});
