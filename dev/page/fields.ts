/**
 * Turns the members of a credential into rows that a person can read, each with a word on what it is.
 *
 * Decides what is never shown whole: of a MAC, a signature or a token only the beginning and the length.
 * Ably's own objects count in milliseconds and JWTs in seconds; both are shown as they are, with the time beside them.
 */

/** One decoded member, ready to show: its value as text, and a note that may be empty. */
export interface Field {
  readonly name: string;
  readonly value: string;
  readonly note: string;
}

/** Members whose value opens something: shown by beginning and length only. */
const SECRET = new Set(['mac', 'token', 'x-ably-token']);

const NOTES = {
  keyName: 'The public half of the API key.',
  kid: 'The public half of the API key.',
  alg: 'How it is signed.',
  typ: 'What it is.',
  clientId: 'Who you will be. You cannot change it: it is signed.',
  'x-ably-clientId': 'Who you will be. You cannot change it: it is signed.',
  capability: 'What you may do.',
  'x-ably-capability': 'What you may do.',
  ttl: 'How long the token will live, once Ably has made it.',
  timestamp: 'When it was signed. Ably takes it for two minutes.',
  nonce: 'Makes it good for one use.',
  mac: 'Signs all of the above. Shortened here.',
  signature: 'Signs both parts above. Shortened here.',
  token: 'What the client shows to Ably. Shortened here.',
  'x-ably-token': 'Another token, carried inside. Shortened here.',
  issued: 'From when it is valid.',
  expires: 'When it ends.',
  iat: 'When it was signed.',
  exp: 'When it ends.',
} as const;

/** How the numbers read for a person: milliseconds in Ably's own objects, seconds in a JWT. */
const READINGS: Readonly<Record<string, (value: number) => string>> = {
  ttl: (value) => `${value} ms (${value / 60_000} min)`,
  timestamp: (value) => `${value} (${clock(value)})`,
  issued: (value) => `${value} (${clock(value)})`,
  expires: (value) => `${value} (${clock(value)})`,
  iat: (value) => `${value} (${clock(value * 1000)})`,
  exp: (value) => `${value} (${clock(value * 1000)})`,
};

/** Every member of the object, in its own order. */
export function fieldsOf(record: Readonly<Record<string, unknown>>): readonly Field[] {
  return Object.entries(record).map(([name, value]) => ({
    name,
    value: show(name, value),
    note: own(NOTES, name) ?? '',
  }));
}

/** One secret, shortened. */
export function secretField(name: 'signature' | 'token', secret: string): Field {
  return { name, value: shorten(secret), note: NOTES[name] };
}

function show(name: string, value: unknown): string {
  if (SECRET.has(name) && typeof value === 'string') return shorten(value);
  if (typeof value === 'number') return own(READINGS, name)?.(value) ?? String(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A claim may be called `constructor`: only our own entries count. */
function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** The beginning and the length. */
export function shorten(secret: string): string {
  return `${secret.slice(0, 8)}… (${secret.length} characters)`;
}

/** The time of day, to the second. */
export function clock(atMs: number): string {
  return new Date(atMs).toLocaleTimeString('en-GB');
}
