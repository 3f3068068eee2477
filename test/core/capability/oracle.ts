/**
 * Rights by definition: write every channel name of a small world down, and decide each by a regular expression.
 *
 * Shares nothing with core but the names of operations. The world has the segments that the resources under test use,
 * one that none of them uses (any further ones would behave alike: no resource compares two segments), and names one
 * segment longer than the longest resource (longer ones would behave alike too).
 */

export type Rights = Readonly<Record<'publish' | 'subscribe' | 'any other', bigint>>;
export type Literal = readonly (readonly [resource: string, operations: readonly string[]])[];

const QUALIFIERS = ['', '[meta]', '[unheard-of]'];
const SEGMENTS = ['a', 'b', 'fresh', ''];
const LONGEST_NAME = 4;

/** Every channel name of the world. The first segment of a name is never empty. */
export const WORLD: readonly string[] = QUALIFIERS.flatMap((qualifier) => {
  let names = SEGMENTS.filter((segment) => segment !== '');
  const all = [...names];
  for (let length = 2; length <= LONGEST_NAME; length++) {
    names = names.flatMap((name) => SEGMENTS.map((segment) => `${name}:${segment}`));
    all.push(...names);
  }
  return all.map((name) => qualifier + name);
});

/** Every resource of one to `longest` segments over `a`, `b` and `*`, for no qualifier, `[meta]` and `[*]`. */
export function everyResource(longest: number): readonly string[] {
  let names = ['a', 'b', '*'];
  const all = [...names];
  for (let length = 2; length <= longest; length++) {
    names = names.flatMap((name) => ['a', 'b', '*'].map((segment) => `${name}:${segment}`));
    all.push(...names);
  }
  return ['', '[meta]', '[*]'].flatMap((qualifier) => all.map((name) => qualifier + name));
}

export function definition(resource: string): RegExp {
  const quoted = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const [, qualifier = '', name = ''] = /^(\[[^\]]*\])?(.*)$/s.exec(resource) ?? [];
  const segments = name.split(':').map((segment, i, all) => {
    if (segment !== '*') return quoted(segment);
    return i === all.length - 1 ? '[^]*' : '[^:]*';
  });
  const prefix = qualifier === '[*]' ? '(?:\\[[^\\]]*\\])?' : quoted(qualifier);
  // No name begins with "[": what follows the qualifier must not be mistaken for one.
  return new RegExp(`^${prefix}(?!\\[)${segments.join(':')}$`);
}

const masks = new Map<string, bigint>();

/** One bit for each name of the world. */
function maskOf(resource: string): bigint {
  let mask = masks.get(resource);
  if (mask === undefined) {
    const pattern = definition(resource);
    mask = WORLD.reduce((bits, name, i) => (pattern.test(name) ? bits | (1n << BigInt(i)) : bits), 0n);
    masks.set(resource, mask);
  }
  return mask;
}

/** On which names a capability allows what. `any other` is an operation that only `*` gives. */
export function rightsOf(literal: Iterable<readonly [string, Iterable<string>]>): Rights {
  const rights = { publish: 0n, subscribe: 0n, 'any other': 0n };
  for (const [resource, operations] of literal) {
    const mask = maskOf(resource);
    for (const operation of operations) {
      if (operation === 'publish' || operation === '*') rights.publish |= mask;
      if (operation === 'subscribe' || operation === '*') rights.subscribe |= mask;
      if (operation === '*') rights['any other'] |= mask;
    }
  }
  return rights;
}

export const common = (a: Rights, b: Rights): Rights => combined(a, b, (x, y) => x & y);
export const together = (a: Rights, b: Rights): Rights => combined(a, b, (x, y) => x | y);

export function isPartOf(inner: Rights, outer: Rights): boolean {
  return sameRights(common(inner, outer), inner);
}

export function sameRights(a: Rights, b: Rights): boolean {
  return a.publish === b.publish && a.subscribe === b.subscribe && a['any other'] === b['any other'];
}

function combined(a: Rights, b: Rights, combine: (x: bigint, y: bigint) => bigint): Rights {
  return {
    publish: combine(a.publish, b.publish),
    subscribe: combine(a.subscribe, b.subscribe),
    'any other': combine(a['any other'], b['any other']),
  };
}
