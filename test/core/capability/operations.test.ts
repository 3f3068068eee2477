import { describe, expect, it } from 'vitest';
import { bothOperations, eitherOperations, isOperation, OPERATIONS } from '../../../core/capability/operations.ts';

const set = (...operations: ('*' | 'publish' | 'subscribe' | 'history')[]) => Object.freeze(new Set(operations));

describe('OPERATIONS', () => {
  it('are the seventeen that Ably documents, each once', () => {
    expect(new Set(OPERATIONS).size).toBe(17);
    expect([...OPERATIONS].sort().join(' ')).toBe(
      'annotation-publish annotation-subscribe channel-metadata history message-delete-any message-delete-own ' +
        'message-update-any message-update-own object-publish object-subscribe presence privileged-headers publish ' +
        'push-admin push-subscribe stats subscribe',
    );
  });
});

describe('isOperation', () => {
  it.each(['publish', 'message-update-own', '*'])('knows %s', (name) => {
    expect(isOperation(name)).toBe(true);
  });

  it.each(['', 'Publish', 'publish ', '**', 'list-channels', 'toString', '__proto__', 7, null, undefined, ['publish']])(
    'does not know %j',
    (name) => {
      expect(isOperation(name)).toBe(false);
    },
  );
});

describe('eitherOperations and bothOperations', () => {
  it.each([
    [set('publish'), set('subscribe'), ['publish', 'subscribe'], []],
    [set('publish', 'history'), set('history'), ['history', 'publish'], ['history']],
    [set('*'), set('publish'), ['*'], ['publish']],
    [set('*'), set('*'), ['*'], ['*']],
  ])('of %o and %o are %j and %j, whichever comes first', (a, b, either, both) => {
    expect([...eitherOperations(a, b)].sort()).toEqual(either);
    expect([...eitherOperations(b, a)].sort()).toEqual(either);
    expect([...bothOperations(a, b)].sort()).toEqual(both);
    expect([...bothOperations(b, a)].sort()).toEqual(both);
  });
});
