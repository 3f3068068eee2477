/** Header lines folded into maps, in the two ways that platforms do it. */
import type { NameValue } from '../../../core/http.ts';

/** Every value under the name as first sent. */
export function multiMap(lines: readonly NameValue[]): Record<string, string[]> {
  const map = new Map<string, [name: string, values: string[]]>();
  for (const [name, value] of lines) {
    const key = name.toLowerCase();
    const [first, values] = map.get(key) ?? [name, []];
    map.set(key, [first, [...values, value]]);
  }
  return Object.fromEntries(map.values());
}

/** The last value alone. */
export function lastMap(lines: readonly NameValue[]): Record<string, string> {
  return mapValues(multiMap(lines), (values) => values.at(-1) ?? '');
}

export function mapValues<A, B>(map: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value)]));
}

export function lowerCased(lines: readonly NameValue[]): NameValue[] {
  return lines.map(([name, value]) => [name.toLowerCase(), value]);
}
