/**
 * Random params that our signers accept, for comparing what they make with what other implementations make of the same.
 * Names come from wherever trouble does: integers, `__proto__`, quotation marks, characters beyond the BMP.
 */
import fc from 'fast-check';
import type { Capability } from '../../core/capability/capability.ts';
import { resourceProblem } from '../../core/capability/resource.ts';
import type { SettledParams } from '../../core/token/settled-params.ts';
import { isFitClientId } from '../../core/well-formed.ts';
import { locked, operationSets, resources } from '../core/capability/samples.ts';

const anyText = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary', maxLength: 8 }));

const hostileNames = fc.constantFrom(
  ...['10', '9', '0', '007', '-1', '1.5', '4294967294', '4294967295', '99999999999', '__proto__', 'constructor'],
  ...[
    '"',
    '\\',
    '\\u0041',
    '</script>',
    '<>&=\u0027',
    'é',
    'e\u0301',
    '\u{1f600}',
    '\uffff',
    '\ufeff',
    '[meta]log',
    '*',
  ],
);

const resourceNames = fc
  .oneof(resources, hostileNames, anyText)
  // JSON.parse of Node.js 24.21 reads the name `"` as `\\` once it has read an object with the name `\\`. The SDK parses what it
  // is given, so that it would sign another name; backslashes are compared in canonical.test.ts, without parsing.
  .filter((resource) => resourceProblem(resource) === undefined && !resource.includes('\\'));

export const nonEmptyCapabilities: fc.Arbitrary<Capability> = fc
  .uniqueArray(fc.tuple(resourceNames, operationSets), {
    selector: ([resource]) => resource,
    minLength: 1,
    maxLength: 8,
  })
  .map((entries) => locked(new Map(entries.map(([resource, operations]) => [resource, new Set(operations)]))));

export const fitClientIds = fc
  .oneof(fc.constantFrom('bob', 'café 😀', '__proto__', '0', 'auth0|7', '""', 'null'), anyText)
  .filter(isFitClientId);

/** From 1: the SDK takes a timestamp of 0 for none. */
export const timestampsMs = fc.integer({ min: 1, max: 4_102_444_800_000 });

/** Everything that may be settled for one key, the wildcard clientId included. */
export function settledParams(keyName: string): fc.Arbitrary<SettledParams> {
  return fc
    .record({
      ttlSeconds: fc.integer({ min: 1, max: 86_400 }),
      capability: nonEmptyCapabilities,
      clientId: fc.oneof(fc.constant(undefined), fc.constant('*'), fitClientIds),
    })
    .map(({ ttlSeconds, capability, clientId }) =>
      Object.freeze({
        keyName,
        ttlMs: ttlSeconds * 1000,
        capability,
        ...(clientId !== undefined && { clientId }),
        ...(clientId === '*' && { wildcardClientId: true as const }),
      }),
    );
}

/** The same rights as JSON text, in the order of the map: what an app would hand to an SDK. */
export function asJsonText(capability: Capability): string {
  const members = [...capability].map(
    ([name, operations]) => `${JSON.stringify(name)}: ${JSON.stringify([...operations])}`,
  );
  return `{ ${members.join(', ')} }`;
}
