/** Takes a pattern for a prefix: what begins like it is part of it. */

export function withinPrefix(
  allowed: Readonly<Record<string, readonly string[]>>,
  requested: Readonly<Record<string, readonly string[]>>,
): Record<string, readonly string[]> {
  const prefixes = Object.keys(allowed).map((pattern) => pattern.slice(0, Math.max(pattern.indexOf('*'), 0)));
  return Object.fromEntries(
    Object.entries(requested).filter(([resource]) => prefixes.some((prefix) => resource.startsWith(prefix))),
  );
}
