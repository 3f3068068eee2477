/**
 * Templates: text with `{claim}` placeholders that becomes channel patterns or a clientId (S6).
 *
 * A claim's value is text that somebody outside chose, often the user himself. In a channel template it becomes exactly
 * one segment: it can neither end the segment (`:`), widen it (`*`), nor change its kind (`[ ] ? ,`). One pass: what
 * comes out is never read as a template again.
 */
import { MAX_TEMPLATE_LIST_ELEMENTS } from '../limits.ts';
import { CONTROL_OR_LINE_SEPARATOR, isWellFormedText } from '../well-formed.ts';
import { type ClaimPath, parseClaimPath, readClaim } from './claim-path.ts';

interface Placeholder {
  /** As written between the braces, for messages. */
  readonly text: string;
  readonly path: ClaimPath;
  /** `{sub|segment}`: any string, written as unpadded base64url of its UTF-8 bytes. */
  readonly encoded: boolean;
}

type Part = string | Placeholder;

export interface Template {
  readonly text: string;
  readonly parts: readonly Part[];
  readonly placeholders: readonly Placeholder[];
}

export type ParsedTemplate =
  | { readonly ok: true; readonly template: Template }
  /** What follows "it": it names the place and not the text, which may have come from anywhere (S10). */
  | { readonly ok: false; readonly problem: string };

/** Why a template gave less than it could have. The value itself is never part of it (S10). */
export interface Shortfall {
  /** `missing`: no such claim, or an empty list. `unfit`: a value that S6 does not let into a segment. */
  readonly why: 'missing' | 'unfit';
  readonly placeholder: string;
}

export interface Expansion {
  /** Several when a claim is a list; none when something it needs is missing or unfit. */
  readonly values: readonly string[];
  readonly shortfalls: readonly Shortfall[];
}

export function parseTemplate(text: string): ParsedTemplate {
  const parts: Part[] = [];
  // Quoted names may contain anything but a quotation mark, braces and bars included.
  const token = /\{((?:"[^"]*"|[^"{}])*)\}|[^{}]+|[{}]/gy;
  for (const [piece, inside] of text.matchAll(token)) {
    if (inside === undefined) {
      if (piece === '{' || piece === '}') return { ok: false, problem: 'has a brace that does not match' };
      parts.push(piece);
      continue;
    }
    const placeholder = parsePlaceholder(inside);
    if (!placeholder)
      return { ok: false, problem: 'has a placeholder that is not a claim, nor a claim followed by |segment' };
    parts.push(placeholder);
  }
  const placeholders = parts.filter((part) => typeof part !== 'string');
  const crowded = crowdedSegment(parts);
  if (crowded) {
    // With "{a}{b}", a = "x", b = "yz" and a = "xy", b = "z" would be the same channel.
    return { ok: false, problem: 'has two placeholders in one segment; separate them by ":"' };
  }
  return { ok: true, template: { text, parts, placeholders } };
}

/** Every text that the template stands for, given these claims; each placeholder becomes part of one segment. */
export function expandTemplate(template: Template, claims: Readonly<Record<string, unknown>>): Expansion {
  let values = [''];
  let listSeen = false;
  const shortfalls: Shortfall[] = [];
  for (const part of template.parts) {
    if (typeof part === 'string') {
      values = values.map((value) => value + part);
      continue;
    }
    const claim = readClaim(claims, part.path);
    if (Array.isArray(claim)) {
      // Two lists would multiply: 100 rooms and 100 topics are 10,000 channels.
      if (listSeen || claim.length > MAX_TEMPLATE_LIST_ELEMENTS) return nothing(part, 'unfit');
      listSeen = true;
    }
    const elements: readonly unknown[] = Array.isArray(claim) ? claim : claim === undefined ? [] : [claim];
    if (elements.length === 0) return nothing(part, 'missing');
    const segments: string[] = [];
    for (const element of elements) {
      const segment = toSegment(element, part.encoded);
      if (segment === undefined) shortfalls.push({ why: 'unfit', placeholder: part.text });
      else segments.push(segment);
    }
    values = values.flatMap((value) => segments.map((segment) => value + segment));
  }
  return { values, shortfalls };
}

function parsePlaceholder(inside: string): Placeholder | undefined {
  const encoded = inside.endsWith('|segment');
  const path = parseClaimPath(encoded ? inside.slice(0, -'|segment'.length) : inside);
  return path && { text: inside, path, encoded };
}

function crowdedSegment(parts: readonly Part[]): boolean {
  let inSegment = 0;
  for (const part of parts) {
    if (typeof part !== 'string') inSegment += 1;
    else if (part.includes(':')) inSegment = 0;
    if (inSegment > 1) return true;
  }
  return false;
}

/** A string or a safe integer as one segment, or `undefined` when it is neither, or would be more than one. */
function toSegment(value: unknown, encoded: boolean): string | undefined {
  const text = Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string' || text === '' || !isWellFormedText(text)) return undefined;
  if (encoded) return Buffer.from(text).toString('base64url');
  return /[:*[\]?,]/.test(text) || CONTROL_OR_LINE_SEPARATOR.test(text) ? undefined : text;
}

function nothing(placeholder: Placeholder, why: Shortfall['why']): Expansion {
  return { values: [], shortfalls: [{ why, placeholder: placeholder.text }] };
}
