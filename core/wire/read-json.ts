/**
 * What a client may write as JSON: the body, instead of a form, and a capability. Apart from the reading of wishes,
 * because few requests have either and a cold start need not read it.
 */
import type { Capability } from '../capability/capability.ts';
import { parseCapability } from '../capability/parse.ts';
import type { AuthRequest, NameValue } from '../http.ts';
import { MAX_BODY_BYTES, MAX_REQUESTED_RESOURCES } from '../limits.ts';
import { parseBoundedJson } from './bounded-json.ts';
import { bodyText, malformed, readForm } from './read-body.ts';

/**
 * The body's parameters, as a query would have them; of JSON those that are meaningful.
 *
 * @throws AuthFailure `malformed-request` (400)
 */
export function readBody(request: AuthRequest, meaningful: ReadonlySet<string>): readonly NameValue[] {
  return readForm(request) ?? readJsonBody(bodyText(request.body), meaningful);
}

function readJsonBody(text: string, meaningful: ReadonlySet<string>): readonly NameValue[] {
  const parsed = parseBoundedJson(text);
  if (!parsed.ok) throw malformed(`the body is refused as JSON: ${parsed.problem}`);
  const { value } = parsed;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed('the body is no JSON object');
  const pairs: NameValue[] = [];
  for (const [name, member] of Object.entries(value)) {
    if (!meaningful.has(name) || member === null) continue;
    pairs.push([name, memberText(name, member)]);
  }
  return pairs;
}

/** What the same wish would be in a query, so that both are read, and compared, alike. */
function memberText(name: string, member: unknown): string {
  if (typeof member === 'string') return member;
  if (name === 'ttl' && Number.isSafeInteger(member)) return String(member);
  if ((name === 'capability' || name === 'resources') && typeof member === 'object') return JSON.stringify(member);
  throw malformed(`${name} is of the wrong type`);
}

/** @throws AuthFailure `malformed-request` (400) */
export function readCapability(text: string): Capability {
  if (Buffer.byteLength(text) > MAX_BODY_BYTES) throw malformed('capability is too large');
  const json = parseBoundedJson(text);
  if (!json.ok) throw malformed(`capability is refused as JSON: ${json.problem}`);
  const parsed = parseCapability(json.value, { maxResources: MAX_REQUESTED_RESOURCES });
  if (!parsed.ok) throw malformed(`capability: ${parsed.problems.length} problems`);
  return parsed.capability;
}
