/**
 * Turns the text that a store gave into a key. Decides which field of a JSON secret holds it, and what a text that is
 * no key means: an error for the key that signs, "none" for an older version of a stored value.
 *
 * No message holds any part of the text, and none has a cause: `JSON.parse` quotes what it reads (S10).
 */
import type { ApiKey } from '../../core/keys/api-key.ts';
import { KeySourceError } from '../../core/keys/key-source.ts';
import { type ParsedApiKey, parseApiKey } from '../../core/keys/parse-api-key.ts';

export interface KeyPlace {
  /** The setting that holds or names the text. */
  readonly setting: string;
  /** What it is, to begin a sentence with: `The secret that ABLY_API_KEY_SECRET_ID names`. */
  readonly subject: string;
}

/** Where a JSON secret is looked into when no field is set, in this order. */
export const DEFAULT_SECRET_FIELDS = ['ABLY_API_KEY', 'apiKey', 'key'] as const;

export function keyNotSet(setting: string): KeySourceError {
  const fix = 'Set it to the whole key, appId.keyId:secret, as the Ably dashboard shows it.';
  return new KeySourceError('not-found', setting, `${setting} is not set.`, fix);
}

/** @throws KeySourceError `malformed` */
export function readKey(text: string, place: KeyPlace): ApiKey {
  return keyOrError(parseApiKey(text), place);
}

/**
 * The key, plain or in a field of a JSON object. A text that is not JSON is read as a plain key even when a field is
 * set, so that a secret may change its form from one version to the next.
 * @param text `undefined` when the store holds bytes
 * @throws KeySourceError `malformed`
 */
export function readStoredKey(text: string | undefined, field: string | undefined, place: KeyPlace): ApiKey {
  return keyOrError(parseStored(text, field), place);
}

/**
 * The version of a stored value before the current one. A text that is no key is `undefined`: stores are often created
 * with a placeholder, and nothing can have been signed with that.
 */
export function readFormerKey(text: string | undefined, field: string | undefined): ApiKey | undefined {
  const parsed = parseStored(text, field);
  return parsed.ok ? parsed.apiKey : undefined;
}

/**
 * The stored value with another key in the place of the one in it: the same fields, the same one of them.
 * @throws KeySourceError `malformed` when there is none to replace
 */
export function replaceStoredKey(text: string | undefined, field: string | undefined, key: string): string {
  // That it can be read says that it is JSON with a field to replace, or the key itself.
  readStoredKey(text, field, { setting: 'ABLY_API_KEY_SECRET_ID', subject: 'The current version of the secret' });
  if (text === undefined || !/^\s*\{/.test(text)) return key;
  const fields = JSON.parse(text) as Record<string, unknown>;
  const name = [field ?? DEFAULT_SECRET_FIELDS].flat().find((candidate) => Object.hasOwn(fields, candidate)) ?? '';
  return JSON.stringify({ ...fields, [name]: key });
}

/** A text that is no key, and what to do where it is not to write the key there. */
type ParsedText = ParsedApiKey & { readonly fix?: string };

const WRITE_KEY =
  'Put in the whole key, appId.keyId:secret, as the Ably dashboard shows it, without quotation marks or line breaks.';
const NAME_FIELD = 'Set ABLY_API_KEY_SECRET_FIELD to the name of the field that holds the key.';

function keyOrError(parsed: ParsedText, { setting, subject }: KeyPlace): ApiKey {
  if (parsed.ok) return parsed.apiKey;
  const { problem, fix = WRITE_KEY } = parsed;
  throw new KeySourceError('malformed', setting, `${subject} is not an Ably API key: ${problem}.`, fix);
}

function parseStored(text: string | undefined, field: string | undefined): ParsedText {
  if (text === undefined) return { ok: false, problem: 'it is binary, and a key is text' };
  if (!/^\s*\{/.test(text)) return parseApiKey(text);
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { ok: false, problem: 'it begins like JSON and is not JSON' };
  }
  const wanted: readonly string[] = field === undefined ? DEFAULT_SECRET_FIELDS : [field];
  const name = wanted.find((candidate) => Object.hasOwn(fields, candidate));
  if (name === undefined) {
    return { ok: false, problem: `it is JSON without the field ${wanted.join(' or ')}`, fix: NAME_FIELD };
  }
  const value = fields[name];
  if (typeof value !== 'string') return { ok: false, problem: `its field ${name} is not a string`, fix: NAME_FIELD };
  const parsed = parseApiKey(value);
  return parsed.ok ? parsed : { ok: false, problem: `in its field ${name}, ${parsed.problem}` };
}
