/**
 * Which clientId a template gives. Other than in a channel, `:` and friends are fine: `auth0|7`, `user:7`.
 *
 * With several placeholders each value must be one segment, or two people could be given one name: `{org}:{sub}` of
 * `a:b` and `c` would be that of `a` and `b:c`.
 */
import { isFitClientId, isWellFormedText } from '../well-formed.ts';
import { readClaim } from './claim-path.ts';
import { expandTemplate, type Template } from './template.ts';

/** The clientId, or `undefined` when a claim is missing, is a list, or does not make a fit clientId (S5). */
export function clientIdFromTemplate(
  template: Template,
  prefix: string,
  claims: Readonly<Record<string, unknown>>,
): string | undefined {
  const clientId = prefix + textFromTemplate(template, claims);
  return clientId.length > prefix.length && isFitClientId(clientId) ? clientId : undefined;
}

/** The text that a template gives, or an empty one when a claim is missing, is a list or is not fit to be a part of it. */
export function textFromTemplate(template: Template, claims: Readonly<Record<string, unknown>>): string {
  return template.placeholders.length > 1 ? fromSegments(template, claims) : fromOne(template, claims);
}

function fromSegments(template: Template, claims: Readonly<Record<string, unknown>>): string {
  // A list is nobody's name, even one of which a single element is fit.
  if (template.placeholders.some(({ path }) => Array.isArray(readClaim(claims, path)))) return '';
  const [clientId = ''] = expandTemplate(template, claims).values;
  return clientId;
}

function fromOne(template: Template, claims: Readonly<Record<string, unknown>>): string {
  let clientId = '';
  for (const part of template.parts) {
    if (typeof part === 'string') {
      clientId += part;
      continue;
    }
    const claim = readClaim(claims, part.path);
    const text = Number.isSafeInteger(claim) ? String(claim) : claim;
    // Encoding would turn every half of a surrogate pair into the same replacement character.
    if (typeof text !== 'string' || text === '' || !isWellFormedText(text)) return '';
    clientId += part.encoded ? Buffer.from(text).toString('base64url') : text;
  }
  return clientId;
}
