/**
 * Writes a capability as the one text that is signed and sent.
 *
 * Character for character what ably-js makes of the same map, so that both sign alike: no white space, operations
 * sorted, resources in UTF-16 order, except that names which are array indexes come first in numeric order, because
 * it passes them through a JavaScript object. Refuses nothing.
 *
 * Source: https://ably.com/docs/api/token-request-spec#parameters
 */
import type { Capability } from './capability.ts';
import type { OperationSet } from './operations.ts';

/** The text of each set: a policy's sets serve every request and many resources. Sets never change once made. */
const operationTexts = new WeakMap<OperationSet, string>();

/** JSON text, non-ASCII characters as they are; `{}` for the empty capability. */
export function canonicalCapability(capability: Capability): string {
  let text = '';
  for (const resource of inPropertyOrder([...capability.keys()])) {
    const operations = capability.get(resource);
    if (operations === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(resource)}:${operationsText(operations)}`;
  }
  return `{${text}}`;
}

function operationsText(operations: OperationSet): string {
  let text = operationTexts.get(operations);
  if (text === undefined) {
    text = JSON.stringify([...operations].sort());
    operationTexts.set(operations, text);
  }
  return text;
}

/** The order in which an object lists properties that were added in UTF-16 order. May sort its argument. */
function inPropertyOrder(names: string[]): string[] {
  if (names.length < 2) return names;
  names.sort();
  const indexes = names.filter(isArrayIndex);
  if (indexes.length === 0) return names;
  indexes.sort((a, b) => Number(a) - Number(b));
  return [...indexes, ...names.filter((name) => !isArrayIndex(name))];
}

/** ECMA-262, "array index": an integer below 2^32 - 1, in its shortest decimal form. */
function isArrayIndex(name: string): boolean {
  return /^(?:0|[1-9][0-9]{0,9})$/.test(name) && Number(name) < 2 ** 32 - 1;
}
