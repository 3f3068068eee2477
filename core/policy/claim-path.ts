/**
 * How a rule or a template points at a claim: `sub`, `org.id` (dots descend), `"https://app.example/roles"` (quoted:
 * one name, whatever is in it). Reads own properties only, so that `constructor` or `__proto__` never finds anything
 * that is not in the token.
 */

export type ClaimPath = readonly string[];

/** `undefined` when the text is not a path: an empty name, or a quotation mark that does not close. */
export function parseClaimPath(text: string): ClaimPath | undefined {
  const path: string[] = [];
  const step = /"([^"]+)"|([^".{}|\s]+)/y;
  let index = 0;
  while (true) {
    step.lastIndex = index;
    const match = step.exec(text);
    if (!match) return undefined;
    path.push(match[1] ?? match[2] ?? '');
    index = step.lastIndex;
    if (index === text.length) return path;
    if (text[index] !== '.') return undefined;
    index += 1;
  }
}

/** The claim's value, or `undefined` when any step of the path is missing. */
export function readClaim(claims: Readonly<Record<string, unknown>>, path: ClaimPath): unknown {
  let value: unknown = claims;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    if (!Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
