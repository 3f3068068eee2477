/**
 * Whether a name comes twice in one object of a JSON text, which `JSON.parse` does not say: it keeps the last, and
 * another reader of the same token may keep the first. Claims nest deeper than what clients send, so core's bounded
 * parser is no measure for them; they are bounded by the size of a credential.
 */

export type JsonObject = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Outside of strings a colon follows a name and stands nowhere else, so there are as many colons as names, unless one
 * of the names was overwritten. Linear.
 *
 * @param text valid JSON
 * @param parsed what it parses to
 */
export function namesComeTwice(text: string, parsed: unknown): boolean {
  const colons = text.replace(/"(?:[^"\\]|\\.)*"/gs, '').split(':').length - 1;
  return colons !== countNames(parsed);
}

function countNames(root: unknown): number {
  let names = 0;
  // A list and not a recursion: whoever has a key may nest as deep as a credential is long.
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== 'object' || value === null) continue;
    const inner = Object.values(value);
    if (!Array.isArray(value)) names += inner.length;
    for (const item of inner) waiting.push(item);
  }
  return names;
}
