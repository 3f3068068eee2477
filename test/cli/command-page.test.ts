/** docs/command.md has every command, and names no option that its command has not. What its blocks call, test/docs looks at. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../cli/commands.ts';
import { ROOT } from '../build/built.ts';

const page = await readFile(join(ROOT, 'docs/command.md'), 'utf8');
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => (section.split('\n', 1)[0] ?? '').split(', ').map((name) => [name, section] as const)),
);

describe('docs/command.md', () => {
  it('has a section for every command, and none for another', () => {
    expect([...sections.keys()].sort()).toEqual(Object.keys(COMMANDS).sort());
  });

  it.each(Object.keys(COMMANDS))('names options of %s that it has', async (name) => {
    const named = [...(sections.get(name) ?? '').matchAll(/`--([a-z-]+)/g)].map(([, option]) => option ?? '');
    const command = await COMMANDS[name]?.load();
    // Of another command that the section points to.
    const others = name === 'token' ? ['json'] : [];
    expect(
      named.filter((option) => !Object.hasOwn(command?.options ?? {}, option) && !others.includes(option)),
    ).toEqual([]);
  });
});
