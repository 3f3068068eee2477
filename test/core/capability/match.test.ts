import { describe, expect, it } from 'vitest';
import type { Capability } from '../../../core/capability/capability.ts';
import { EMPTY_CAPABILITY } from '../../../core/capability/capability.ts';
import { permits } from '../../../core/capability/match.ts';
import type { Operation } from '../../../core/capability/operations.ts';
import { capabilityOf } from './samples.ts';

const publishOn = (resource: string) => capabilityOf({ [resource]: ['publish'] });

describe('permits', () => {
  // The match table of Ably's documentation (docs/auth/capabilities#wildcards) and of what its servers do.
  it.each([
    ['*', 'foo', true],
    ['*', 'foo:bar:baz', true],
    ['foo:*', 'foo:bar', true],
    ['foo:*', 'foo:bar:baz', true],
    ['foo:*:baz', 'foo:bar:baz', true],
    ['foo:*:baz', 'foo:bar:bam:baz', false],
    ['foo:*:baz', 'foo:baz', false],
    ['foo*', 'foobar', false],
    ['foo*', 'foo', false],
    ['foo*', 'foo*', true],
    ['**', 'foo', false],
    ['[*]*', 'foo', true],
    ['[*]foo', 'foo', true],
    ['[meta]*', 'foo', false],
    ['[queue]*', 'foo', false],
    ['*', '[meta]log', false],
    ['*', '[queue]app-jobs', false],
    ['*', '[filter=eA==]foo', false],
    ['foo', '[filter=eA==]foo', false],
    ['[filter]foo', '[filter=eA==]foo', true],
    ['[*]foo', '[filter=eA==]foo', true],
    ['[*]*', '[meta]connection.lifecycle', true],
    ['[meta]log', '[meta]log:push', false],
    ['[meta]log:*', '[meta]log:push', true],
    ['*:b', 'a:b', true],
    ['*:b', 'b', false],
    ['Foo', 'foo', false],
    ['a::b', 'a::b', true],
    ['a:*:b', 'a::b', true],
    ['a:b', 'a::b', false],
  ])('reads %s over %s as %s', (resource, channelName, expected) => {
    expect(permits(publishOn(resource), 'publish', channelName)).toBe(expected);
  });

  it('reads a trailing * as one or more segments, where Ably may include none: it never grants too much', () => {
    expect(permits(publishOn('foo:*'), 'publish', 'foo')).toBe(false);
  });

  it.each([
    ['foo', '[?rewind=1]foo', true],
    ['foo', '[]foo', true],
    ['*', '[?rewind=1]foo:bar', true],
    ['[meta]log', '[meta?rewind=1]log', true],
    ['log', '[meta?rewind=1]log', false],
    ['[filter]a', '[filter=a?b]a', true],
    ['[*]a', '[unheard-of]a', true],
    ['a', '[unheard-of]a', false],
  ])('reads %s over %s as %s: of a channel qualifier only the type counts', (resource, channelName, expected) => {
    expect(permits(publishOn(resource), 'publish', channelName)).toBe(expected);
  });

  it.each(['', ':a', '[a', '[meta]', '[meta]:a', '[meta][meta]a', 'a\nb', 'a\rb', '[\n]a'])(
    'allows nothing on %j, which is no channel name',
    (channelName) => {
      expect(permits(capabilityOf({ '[*]*': ['*'] }), '*', channelName)).toBe(false);
    },
  );

  it('takes a channel name as a name, whatever it looks like', () => {
    expect(permits(publishOn('a:*'), 'publish', 'a:*')).toBe(true);
    expect(permits(publishOn('a:b'), 'publish', 'a:*')).toBe(false);
    expect(permits(publishOn('a:*:*'), 'publish', 'a:*')).toBe(false);
    expect(permits(publishOn('a'), 'publish', '[*]a')).toBe(false);
  });

  it('adds up the operations of all resources that cover the channel', () => {
    const capability = capabilityOf({ '*': ['subscribe'], 'a:*': ['publish'], 'a:b': ['history'] });
    const allowed = (channelName: string) =>
      (['subscribe', 'publish', 'history', 'presence'] as const).filter((op) => permits(capability, op, channelName));
    expect(allowed('a:b')).toEqual(['subscribe', 'publish', 'history']);
    expect(allowed('a:c')).toEqual(['subscribe', 'publish']);
    expect(allowed('c')).toEqual(['subscribe']);
  });

  it('lets the operation * stand for all others, and gives * for nothing less', () => {
    expect(permits(capabilityOf({ a: ['*'] }), 'push-admin', 'a')).toBe(true);
    expect(permits(capabilityOf({ a: ['*'] }), '*', 'a')).toBe(true);
    expect(permits(publishOn('a'), '*', 'a')).toBe(false);
  });

  it('allows nothing under the empty capability', () => {
    expect(permits(EMPTY_CAPABILITY, 'subscribe', 'a')).toBe(false);
  });

  it.each(['[', '[]a', '[meta', ':a'])('covers no channel with the malformed resource %j', (resource) => {
    const unchecked: Capability = new Map([[resource, new Set<Operation>(['*'])]]);
    for (const channelName of ['a', '[meta]a', 'meta', '[', '[]a', '[meta', ':a']) {
      expect(permits(unchecked, 'publish', channelName)).toBe(false);
    }
  });
});
