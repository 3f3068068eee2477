import * as Ably from 'ably';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalCapability } from '../../../core/capability/canonical.ts';
import type { Capability } from '../../../core/capability/capability.ts';
import { EMPTY_CAPABILITY } from '../../../core/capability/capability.ts';
import type { Operation } from '../../../core/capability/operations.ts';
import { parseCapability } from '../../../core/capability/parse.ts';
import { capabilities, capabilityOf, operationSets } from './samples.ts';

const sdk = new Ably.Rest({ key: 'appid.keyid:secretsecretsecret' });

/** What ably-js signs and sends for the same rights, given to it as an object and as text. */
async function accordingToSdk(capability: Capability): Promise<readonly string[]> {
  const literal = () => Object.fromEntries([...capability].map(([resource, set]) => [resource, [...set]]));
  const fromObject = await sdk.auth.createTokenRequest({
    capability: literal() as Record<string, Ably.CapabilityOp[]>,
  });
  const fromText = await sdk.auth.createTokenRequest({ capability: JSON.stringify(literal(), null, 2) });
  return [String(fromObject.capability), String(fromText.capability)];
}

/** Any UTF-16 text at all, and the names that go wrong in a JavaScript object. */
const anyNames = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 }).map((units) => String.fromCharCode(...units)),
  fc.nat().map(String),
  fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', '10', '9', '010', '1e3', '-1', '0', '1.5'),
  fc.constantFrom(
    '4294967294',
    '4294967295',
    '4294967296',
    '9007199254740991',
    '\u2028',
    '\ud800',
    '\uffff',
    '😀',
    '"',
  ),
);

// JSON.parse of Node.js 24.21 reads the name `"` as `\\` once it has read an object with the name `\\`, inside the SDK too.
const names = anyNames.filter((name) => !name.includes('\\'));

const anyMaps: fc.Arbitrary<Capability> = fc
  .uniqueArray(fc.tuple(names, operationSets), { selector: ([name]) => name, maxLength: 12 })
  .map((entries) => new Map(entries.map(([name, operations]) => [name, new Set<Operation>(operations)])));

describe('canonicalCapability', () => {
  it('escapes a backslash and a quotation mark as JSON does, and keeps them apart', () => {
    const capability: Capability = new Map(['\\', '"', '\\"'].map((name) => [name, new Set<Operation>(['publish'])]));
    expect(canonicalCapability(capability)).toBe('{"\\"":["publish"],"\\\\":["publish"],"\\\\\\"":["publish"]}');
  });

  it.each([
    ['sorts operations', { a: ['subscribe', 'presence', 'publish'] }, '{"a":["presence","publish","subscribe"]}'],
    ['sorts resources', { b: ['*'], a: ['*'], '[*]*': ['*'] }, '{"[*]*":["*"],"a":["*"],"b":["*"]}'],
    [
      'puts array indexes first, in numeric order',
      { '*': ['*'], '10': ['*'], '9': ['*'] },
      '{"9":["*"],"10":["*"],"*":["*"]}',
    ],
    ['leaves non-ASCII and markup as it is', { 'é<&😀': ['*'] }, '{"é<&😀":["*"]}'],
    // U+1F600 is written with the code unit U+D83D, so it sorts before U+FF01 though its code point is greater.
    ['sorts by UTF-16 code units', { '！': ['*'], '😀': ['*'] }, '{"😀":["*"],"！":["*"]}'],
    ['keeps __proto__', JSON.parse('{"b":["*"],"__proto__":["*"]}'), '{"__proto__":["*"],"b":["*"]}'],
  ])('%s', (_, literal, expected) => {
    expect(canonicalCapability(capabilityOf(literal))).toBe(expected);
  });

  it('writes the empty capability as an empty object', () => {
    expect(canonicalCapability(EMPTY_CAPABILITY)).toBe('{}');
  });

  it('writes what ably-js writes, for any map from any text', async () => {
    await fc.assert(
      fc.asyncProperty(anyMaps, async (capability) => {
        const ours = canonicalCapability(capability);
        expect([ours, ours]).toEqual(await accordingToSdk(capability));
      }),
      { numRuns: 4_000 },
    );
  });

  it('writes what ably-js writes for names on both sides of the largest array index', async () => {
    const edge = ['4294967296', '4294967295', '4294967294', '4294967293', '10', '9', '00', '0', '-0', '1.0', ''];
    const capability: Capability = new Map(edge.map((name) => [name, new Set<Operation>(['history', '*'])]));
    const ours = canonicalCapability(capability);
    expect([ours, ours]).toEqual(await accordingToSdk(capability));
    expect(ours.startsWith('{"0":["*","history"],"9":')).toBe(true);
  });

  it('does not depend on the order in which rights were added', () => {
    fc.assert(
      fc.property(anyMaps, (capability) => {
        const backwards = new Map([...capability].reverse().map(([name, set]) => [name, new Set([...set].reverse())]));
        expect(canonicalCapability(backwards)).toBe(canonicalCapability(capability));
      }),
    );
  });

  it('is read back as the same capability, which is written the same', () => {
    fc.assert(
      fc.property(capabilities, (capability) => {
        const text = canonicalCapability(capability);
        const parsed = parseCapability(text);
        if (!parsed.ok) throw new Error(parsed.problems.join('; '));
        expect(new Map(parsed.capability)).toEqual(new Map([...capability].map(([name, set]) => [name, new Set(set)])));
        expect(canonicalCapability(parsed.capability)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });
});
