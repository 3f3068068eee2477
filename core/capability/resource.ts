/**
 * Reads the resource of a capability (`[meta]log:*`) and the name of a channel (`[?rewind=1]room:7`) into one shape,
 * and says what is wrong with a resource.
 *
 * What a resource covers is decided in coverage.ts. A resource that is well formed but surely a mistake (`foo*`, `**`)
 * is accepted here: those are literal names to Ably, and lint says so.
 *
 * Source: https://ably.com/docs/auth/capabilities#wildcards and https://ably.com/docs/channels
 */

/**
 * A qualifier, `''` when there is none, and at least one segment: `[meta]log:push` is `['meta', 'log', 'push']`.
 * In a resource, a qualifier or a whole segment that is `*` is a wildcard; in a channel name nothing is.
 */
export type Path = readonly [qualifier: string, ...segments: string[]];

/** What may stand between the brackets of a resource. */
export const QUALIFIERS = ['meta', 'queue', 'filter', '*'] as const;

const KNOWN_QUALIFIERS: ReadonlySet<string> = new Set(QUALIFIERS);

/** Control characters, line and paragraph separators, halves of a surrogate pair. */
const UNFIT_CHARACTER = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/u;

/** The path of a resource that `resourceProblem` accepts; of any other, one without a meaning, never a wider one. */
export function parseResource(resource: string): Path {
  const close = resource.startsWith('[') ? resource.indexOf(']') : -1;
  // `[]name` is malformed: left whole, its name begins with "[", which no channel's does.
  if (close <= 1) return ['', ...resource.split(':')];
  return [resource.slice(1, close), ...resource.slice(close + 1).split(':')];
}

/** The resource that parses to this path. */
export function formatResource(path: Path): string {
  const name = path.slice(1).join(':');
  return path[0] === '' ? name : `[${path[0]}]${name}`;
}

/**
 * The path of a channel, or `undefined` when no channel can have this name: it is empty, begins with `:` or `[` after
 * its qualifier, or contains a line break (Ably error 40010).
 *
 * Of a qualifier only its type counts, the text before `=` or `?`; an empty type is no qualifier
 * (https://ably.com/docs/channels/options).
 */
export function parseChannelName(channelName: string): Path | undefined {
  const [qualifier = '', type = ''] = /^\[([^\]=?]*)(?:[=?][^\]]*)?\]/.exec(channelName) ?? [];
  const name = channelName.slice(qualifier.length);
  if (!isChannelNameStart(name) || /[\r\n]/.test(channelName)) return undefined;
  return [type, ...name.split(':')];
}

/** What keeps a text from being a resource, as the end of a sentence that begins with it; `undefined` when nothing. */
export function resourceProblem(resource: string): string | undefined {
  if (resource === '') return 'is empty; every channel is written "*"';
  if (UNFIT_CHARACTER.test(resource)) return 'contains a control character, a line separator or half a surrogate pair';
  let name = resource;
  if (resource.startsWith('[')) {
    const close = resource.indexOf(']');
    if (close === -1) return 'begins with "[" and has no "]"';
    const qualifier = resource.slice(1, close);
    if (/[=?]/.test(qualifier)) return 'has parameters in its qualifier; they belong in channel names only';
    if (!KNOWN_QUALIFIERS.has(qualifier))
      return 'has an unknown qualifier; known are [meta], [queue], [filter] and [*]';
    name = resource.slice(close + 1);
  }
  if (name === '') return 'has a qualifier and no name';
  if (!isChannelNameStart(name)) return 'has a name that begins with ":" or "["';
  return undefined;
}

function isChannelNameStart(name: string): boolean {
  return name !== '' && !name.startsWith(':') && !name.startsWith('[');
}
