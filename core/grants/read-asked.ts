/**
 * Reads which resources a client asks for beside what it has: the parameter `resources`, in the query or the body, a JSON
 * array or one resource each time it comes, or the header `X-Ably-Auth-Resources`, a JSON array.
 *
 * Bounded before it is parsed; places that do not say the same are refused (S15). What a text among them means, and
 * whether it is a resource at all, is for matching to say: a nonsensical one is refused by name, not with the request.
 */
import { AuthFailure } from '../errors.ts';
import type { AuthRequest, NameValue } from '../http.ts';
import { MAX_BODY_BYTES, MAX_REQUESTED_RESOURCES } from '../limits.ts';
import { parseBoundedJson } from '../wire/bounded-json.ts';
import { readBody } from '../wire/read-json.ts';

const PARAMETER = 'resources';
const HEADER = 'x-ably-auth-resources';
const MEANINGFUL: ReadonlySet<string> = new Set([PARAMETER]);

/**
 * Each once, in the order sent.
 *
 * @throws AuthFailure `malformed-request` (400)
 */
export function readAsked(request: AuthRequest): readonly string[] {
  const places = [
    readParameter(request.query),
    readParameter(readBody(request, MEANINGFUL)),
    readHeader(request.headers.get(HEADER) ?? []),
  ].filter((place) => place !== undefined);
  const [asked = [], ...others] = places;
  for (const other of others) {
    const same = other.length === asked.length && other.every((resource, index) => resource === asked[index]);
    if (!same) throw malformed('differs between query, body and header');
  }
  return asked;
}

/** `undefined` where it does not come at all. */
function readParameter(pairs: readonly NameValue[]): readonly string[] | undefined {
  const values = pairs.filter(([name]) => name === PARAMETER).map(([, value]) => value);
  if (values.length === 0) return undefined;
  if (values.length > MAX_REQUESTED_RESOURCES) throw tooMany(`comes ${values.length} times`);
  // `[meta]x` is a resource, of a kind that nobody may ask for.
  return bounded(values.flatMap((value) => (/^\s*\[\s*["\]]/.test(value) ? readArray(value) : value)));
}

function readHeader(values: readonly string[]): readonly string[] | undefined {
  const sent = values.filter((value) => value.trim() !== '');
  if (sent.length > 1) throw malformed('comes in two headers');
  return sent[0] === undefined ? undefined : bounded(readArray(sent[0]));
}

function readArray(text: string): readonly string[] {
  if (Buffer.byteLength(text) > MAX_BODY_BYTES) throw malformed('is too large');
  const parsed = parseBoundedJson(text);
  if (!parsed.ok) throw malformed(`is refused as JSON: ${parsed.problem}`);
  const { value } = parsed;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw malformed('is no JSON array of texts');
}

function bounded(resources: readonly string[]): readonly string[] {
  if (resources.length > MAX_REQUESTED_RESOURCES) throw tooMany(`names ${resources.length} resources`);
  return [...new Set(resources.filter((resource) => resource !== ''))];
}

function tooMany(what: string): AuthFailure {
  return malformed(`${what}, ${MAX_REQUESTED_RESOURCES} at most`);
}

/** @param what for the caller as well, and holds no value */
function malformed(what: string): AuthFailure {
  return new AuthFailure('malformed-request', `${PARAMETER} ${what}`);
}
