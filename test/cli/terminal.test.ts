/** What a terminal shows that a pipe does not: progress, colours, and whether somebody can be asked. */
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type OpenTerminal, openTerminal, type Streams } from '../../cli/terminal.ts';

interface Shown {
  readonly terminal: OpenTerminal;
  /** All that was written, on either stream, in its order. */
  text(): string;
}

function show(isTTY: boolean, env: Readonly<Record<string, string>> = {}, columns = 20): Shown {
  let written = '';
  const stream = (): PassThrough =>
    Object.assign(new PassThrough(), { isTTY, columns }).on('data', (chunk) => {
      written += chunk;
    });
  const streams = { stdin: stream(), stdout: stream(), stderr: stream() } as unknown as Streams;
  return { terminal: openTerminal(streams, env, '/', true), text: () => written };
}

const ERASED = '\r\u001B[2K';

describe('openTerminal', () => {
  it('shows progress on one line, which what is printed takes the place of', () => {
    const { terminal, text } = show(true);
    terminal.progress('one');
    terminal.progress('two');
    terminal.print('done');
    terminal.print('more');
    expect(text()).toBe(`${ERASED}one${ERASED}two${ERASED}done\nmore\n`);
  });

  it('keeps progress within the line, because a wrapped one could not be erased', () => {
    const { terminal, text } = show(true);
    terminal.progress('p'.repeat(50));
    expect(text()).toBe(`${ERASED}${'p'.repeat(19)}`);
  });

  it.each([
    ['a pipe', false, {}],
    ['a terminal that can do nothing', true, { TERM: 'dumb' }],
  ])('shows no progress in %s', (_, isTTY, env) => {
    const { terminal, text } = show(isTTY, env);
    terminal.progress('one');
    terminal.progress(undefined);
    terminal.note('done');
    expect(text()).toBe('done\n');
  });

  it('has colours and asks where there is a terminal, and neither in a pipe', () => {
    const painted = (isTTY: boolean, env: Readonly<Record<string, string>> = {}): string =>
      show(isTTY, env).terminal.paint('red', 'no');
    expect([painted(true), painted(true, { NO_COLOR: '1' }), painted(false)]).toEqual([
      '\u001B[31mno\u001B[39m',
      'no',
      'no',
    ]);
    expect([show(true).terminal.isInteractive, show(false).terminal.isInteractive]).toEqual([true, false]);
  });
});
