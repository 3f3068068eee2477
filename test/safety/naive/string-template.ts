/** Puts claims into channel names by replacing text: whatever the value is, it becomes part of the pattern. */

export function fillIn(template: string, claims: Readonly<Record<string, unknown>>): string {
  let filled = template;
  // Again, while something is left: so that a claim may refer to another.
  for (let round = 0; round < 3; round++) filled = filled.replace(/\{(\w+)\}/g, (_, name) => `${claims[name]}`);
  return filled;
}
