import { describe, expect, it } from 'vitest';
import { describeThrown } from '../../core/describe-thrown.ts';

/** An error as V8 has it, with these frames. */
function thrownAt(...frames: readonly string[]): Error {
  const error = new TypeError('hunter2');
  error.stack = ['TypeError: hunter2', ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return error;
}

describe('describeThrown', () => {
  it('says the kind and the place, and none of the message', () => {
    expect(describeThrown(new RangeError('hunter2'))).toMatch(
      /^a RangeError at \/\S+\/describe-thrown\.test\.ts:\d+:\d+$/,
    );
    expect(describeThrown(new Error('hunter2'))).toMatch(/^an Error at /);
  });

  it.each([
    ['a function', ['build (file:///app/auth.config.ts:7:11)'], '/app/auth.config.ts:7:11'],
    ['a module', ['file:///app/auth.config.ts:7:11'], '/app/auth.config.ts:7:11'],
    ['a module that waits', ['async /app/(site)/auth.config.ts:7:11'], '/app/(site)/auth.config.ts:7:11'],
    ['a file that is read again', ['file:///app/auth.config.js?read=17:7:11'], '/app/auth.config.js:7:11'],
    [
      'a package that the project called',
      ['session (file:///app/node_modules/x/session.js:1:2)', 'new Map (<anonymous>)', 'b (/app/auth.config.ts:7:11)'],
      '/app/auth.config.ts:7:11',
    ],
  ])('names the first file of the project: %s', (_, frames, place) => {
    expect(describeThrown(thrownAt(...frames))).toBe(`a TypeError at ${place}`);
  });

  it('S10: takes no line of the message for a frame, nor a module that is its own address', () => {
    const error = new Error('could not read:\n    at /hunter2/x.ts:1:1');
    expect(describeThrown(error)).toMatch(/^an Error at .*describe-thrown\.test\.ts:\d+:\d+$/);
    error.message = 'another';
    expect(describeThrown(error)).toBe('an Error');
    expect(describeThrown(thrownAt('data:text/javascript,hunter2:1:1', 'node:internal/x:1:2'))).toBe('a TypeError');
  });

  it.each([
    ['a text', 'hunter2'],
    ['nothing', undefined],
    ['an error without a class', Object.assign(new Error('odd'), { constructor: undefined })],
    ['an error whose stack is none', Object.assign(new Error('odd'), { stack: 7 })],
  ])('never throws: %s', (_, thrown) => {
    expect(describeThrown(thrown)).toMatch(/^(something that |an Error$)/);
  });
});
