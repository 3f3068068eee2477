import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatResource, parseChannelName, parseResource, resourceProblem } from '../../../core/capability/resource.ts';
import { resources } from './samples.ts';

describe('parseResource', () => {
  it.each([
    ['a', ['', 'a']],
    ['a:b:*', ['', 'a', 'b', '*']],
    ['a::b', ['', 'a', '', 'b']],
    ['[meta]log:push', ['meta', 'log', 'push']],
    ['[*]*', ['*', '*']],
    ['[filter]a]b', ['filter', 'a]b']],
    ['a[b]', ['', 'a[b]']],
  ])('reads %s', (resource, path) => {
    expect(parseResource(resource)).toEqual(path);
  });

  it('is undone by formatResource', () => {
    fc.assert(fc.property(resources, (resource) => formatResource(parseResource(resource)) === resource));
  });
});

describe('parseChannelName', () => {
  it.each([
    ['a:b', ['', 'a', 'b']],
    ['[?rewind=1]a', ['', 'a']],
    ['[]a', ['', 'a']],
    ['[meta]log', ['meta', 'log']],
    ['[meta?x=y]log', ['meta', 'log']],
    ['[filter=YT09PWA/]a', ['filter', 'a']],
    ['[filter=eA==?rewind=1]a', ['filter', 'a']],
    ['a?rewind=1', ['', 'a?rewind=1']],
    ['', undefined],
    [':a', undefined],
    ['[a', undefined],
    ['[meta]', undefined],
    ['[meta][a]b', undefined],
    ['[meta]:a', undefined],
    ['a\nb', undefined],
    ['[?x=\n]a', undefined],
  ])('reads %j', (channelName, path) => {
    expect(parseChannelName(channelName)).toEqual(path);
  });

  it('reads a bracket that nothing closes once: from each of a million characters on, that would not end', () => {
    expect(parseChannelName(`[${'a'.repeat(1_000_000)}`)).toBeUndefined();
  });
});

describe('resourceProblem', () => {
  it.each(['*', 'a', 'a:*', 'foo*', '**', 'a::b', 'a:', 'é😀', '[meta]log', '[queue]app-jobs', '[filter]a', '[*]*'])(
    'finds nothing wrong with %s',
    (resource) => {
      expect(resourceProblem(resource)).toBeUndefined();
    },
  );

  it.each([
    ['', /^is empty/],
    [':a', /begins with ":"/],
    [':', /begins with ":"/],
    ['[meta]:a', /begins with ":"/],
    ['[meta][a]b', /begins with ":" or "\["/],
    ['[meta]', /no name/],
    ['[', /no "\]"/],
    ['[meta', /no "\]"/],
    ['[]a', /unknown qualifier/],
    ['[Meta]a', /unknown qualifier/],
    ['[log]a', /unknown qualifier/],
    ['[?rewind=1]a', /parameters/],
    ['[meta?rewind=1]a', /parameters/],
    ['[filter=eA==]a', /parameters/],
    ['a\nb', /control character/],
    ['a\u0000', /control character/],
    ['a\u007f', /control character/],
    ['a\u0085', /control character/],
    ['a\u2028b', /line separator/],
    ['a\u2029b', /line separator/],
    ['a\ud83d', /half a surrogate pair/],
    ['\ude00a', /half a surrogate pair/],
  ])('says what is wrong with %j', (resource, problem) => {
    expect(resourceProblem(resource)).toMatch(problem);
  });
});
