/**
 * Collects headers under lower-case names, each value apart.
 *
 * Clients control names, case and how often a header comes. Nothing is joined or dropped here: the core must see a
 * second Authorization or Origin to refuse it (S14, S15).
 */

export function addHeader(headers: Map<string, string[]>, name: string, value: string): void {
  const key = name.toLowerCase();
  const values = headers.get(key);
  if (values === undefined) headers.set(key, [value]);
  else values.push(value);
}
