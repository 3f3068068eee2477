import { describe, expect, it } from 'vitest';
import { isOperation, type Operation } from '../../../core/capability/operations.ts';
import type { ConfigProblem } from '../../../core/config-problem.ts';
import { compileGrants } from '../../../core/policy/compile-grant.ts';
import { PRESET_PAGES } from '../../../core/policy/preset-pages.ts';
import { PRESETS, type PresetName, presetOperations } from '../../../core/policy/presets.ts';
import type { Grant } from '../../../core/policy/rule.ts';

function operationsOf(listed: readonly (Operation | PresetName)[]): readonly string[] {
  const problems: ConfigProblem[] = [];
  const { fixed } = compileGrants({ a: listed }, 'grant', problems);
  expect(problems).toEqual([]);
  return [...(fixed.get('a') ?? [])].sort();
}

describe('PRESETS', () => {
  it.each([...PRESETS])(
    '%s lists operations that there are, once, and names the page that it follows',
    (name, operations) => {
      const page = PRESET_PAGES[name as PresetName];
      expect(operations.length).toBeGreaterThan(0);
      expect(new Set(operations).size).toBe(operations.length);
      expect(operations.filter((name) => !isOperation(name) || name === '*')).toEqual([]);
      expect(page.source).toMatch(/^https:\/\/ably\.com\/docs\/[a-z/-]+(#[a-z0-9-]+)?$/);
      expect(page.allows).toMatch(/^[a-z].*[^.]$/);
    },
  );

  it('builds moderate on participate, and that on read-only', () => {
    const [least = [], middle = [], most = []] = ['read-only', 'participate', 'moderate'].map((name) =>
      presetOperations(`preset:${name}`),
    );
    expect(middle).toEqual(expect.arrayContaining([...least]));
    expect(most).toEqual(expect.arrayContaining([...middle]));
  });

  it('gives with a chat room all that its features ask for, and nothing of moderation', () => {
    const all = operationsOf(['preset:chat-room']);
    const features = [
      'messages',
      'history',
      'edit-own',
      'message-reactions',
      'presence',
      'typing',
      'room-reactions',
      'occupancy',
    ];
    expect(operationsOf(features.map((name) => `preset:chat-${name}` as PresetName))).toEqual(all);
    expect(all.filter((name) => name.endsWith('-any'))).toEqual([]);
  });

  it.each(['preset:', 'preset:toString', 'preset:chat', 'chat-room', 'Preset:space', '__proto__', 7, null])(
    'knows no preset %s',
    (name) => expect(presetOperations(name)).toBeUndefined(),
  );
});

describe('a preset in a grant', () => {
  it('stands beside operations and other presets, and adds up with them', () => {
    expect(operationsOf(['preset:push-device', 'subscribe', 'preset:live-objects-read'])).toEqual([
      ...['object-subscribe', 'push-subscribe', 'subscribe'],
    ]);
  });

  it.each<[string, Grant]>([
    ['"*" beside it', { a: ['*', 'preset:space'] }],
    ['an unknown one', { a: ['preset:unknown' as PresetName] }],
    ['a broad resource without a reason', { '*': ['preset:read-only'] }],
  ])('is refused with %s', (_, grant) => {
    const problems: ConfigProblem[] = [];
    compileGrants(grant, 'grant', problems);
    expect(problems).toHaveLength(1);
  });
});
