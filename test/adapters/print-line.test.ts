/** Lines of the function's log on a real pipe whose reader is slower than they come, or does not read at all. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const PROGRAM = fileURLToPath(new URL('support/print-lines.ts', import.meta.url));

let folder: string;
let output: number;
let child: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ably-auth-lines-'));
});
afterEach(() => {
  child?.kill('SIGKILL');
  closeSync(output);
  rmSync(folder, { recursive: true });
});

/** A pipe with a name: what `spawn` makes itself is a socket, and read ahead. */
function startWriting(lines: number): { readonly stdin: Writable; readonly stderr: Readable } {
  const path = join(folder, 'stdout');
  execFileSync('mkfifo', [path]);
  output = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const input = openSync(path, constants.O_WRONLY);
  child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, String(lines)], { stdio: ['pipe', input, 'pipe'] });
  closeSync(input);
  const { stdin, stderr } = child;
  if (!stdin || !stderr) throw new Error('The program has no pipes.');
  return { stdin, stderr };
}

/** What there is now; nothing at the end, `undefined` when there is only nothing yet. */
function readSome(bytes: number): string | undefined {
  const buffer = Buffer.alloc(bytes);
  try {
    return buffer.toString('utf8', 0, readSync(output, buffer));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}

/** To the end, with a pause before each piece. */
async function readSlowly(bytes: number): Promise<string> {
  let text = '';
  for (;;) {
    await delay(1);
    const some = readSome(bytes);
    if (some === '') return text;
    text += some ?? '';
  }
}

const indexes = (text: string): readonly unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => (JSON.parse(line) as { readonly index: unknown }).index);

describe('printLine', () => {
  it('waits for a reader that is behind: every line arrives, whole and in order', async () => {
    const { stdin } = startWriting(300);
    stdin.end('\n');
    const text = await readSlowly(4_096);
    expect(text.startsWith('of somebody else\n')).toBe(true);
    expect(indexes(text)).toEqual([...Array(300).keys(), 'last']);
  });

  it('does not wait for ever: without a reader it loses lines, and what is read later is whole lines', async () => {
    const { stdin, stderr } = startWriting(300);
    // Here it would hang.
    const [said] = (await once(stderr, 'data')) as [Buffer];
    expect(said.toString()).toBe('done');
    let held = '';
    for (let some = readSome(65_536); some; some = readSome(65_536)) held += some;
    stdin.end('\n');
    const arrived = indexes(held + (await readSlowly(65_536)));
    expect(arrived.at(-1)).toBe('last');
    expect(arrived.length).toBeLessThan(300);
    const numbers = arrived.slice(0, -1) as readonly number[];
    expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
  });
});
