/**
 * JSON from a client, bounded before it is parsed (S15): how deep it nests is known without building it.
 *
 * A name that comes twice in one object is refused as well. `JSON.parse` would silently keep the last, and another
 * reader of the same text, a proxy or a log, might keep the first.
 */
import { MAX_JSON_DEPTH } from '../limits.ts';

export type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: 'not JSON' | 'nested too deeply' | 'a name comes twice' };

export function parseBoundedJson(text: string): ParsedJson {
  const problem = scan(text);
  if (problem) return { ok: false, problem };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, problem: 'not JSON' };
  }
}

/**
 * One pass over the tokens that matter: brackets, strings, and the colon that makes a string a name. What is not JSON
 * in other ways is left to `JSON.parse`.
 */
function scan(text: string): 'not JSON' | 'nested too deeply' | 'a name comes twice' | undefined {
  const namesByDepth: Set<string>[] = [];
  // The closing quotation mark is optional, so that an open string is one match to the end of the text and not the
  // beginning of a new search at each of its characters.
  const token = /"(?:[^"\\]|\\.)*("(\s*:)?)?|[[{\]}]/gs;
  let depth = 0;
  for (const [piece, close, colon] of text.matchAll(token)) {
    if (piece === '{' || piece === '[') {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) return 'nested too deeply';
      namesByDepth[depth] = new Set();
    } else if (piece === '}' || piece === ']') {
      depth -= 1;
    } else if (close === undefined) {
      return 'not JSON';
    } else if (colon !== undefined) {
      const names = namesByDepth[depth];
      const name = unescapeName(piece.slice(0, -colon.length));
      if (!names || name === undefined) return 'not JSON';
      if (names.has(name)) return 'a name comes twice';
      names.add(name);
    }
  }
  return undefined;
}

/** `"a"` and `"\u0061"` are the same name. */
function unescapeName(quoted: string): string | undefined {
  if (!quoted.includes('\\')) return quoted;
  try {
    return JSON.stringify(JSON.parse(quoted));
  } catch {
    return undefined;
  }
}
