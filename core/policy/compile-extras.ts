/**
 * Checks what a rule or a config wants in a JWT beside the rights, and prepares it; everything that Ably limits is
 * looked at here, before any request.
 */
import { resourceProblem } from '../capability/resource.ts';
import type { ConfigProblem } from '../config-problem.ts';
import type { JwtExtras, UserClaim } from './jwt-extras.ts';
import { createShapeCheck, excerpt, isObject, kindOf, type ShapeCheck } from './shape-check.ts';
import { parseTemplate, type Template } from './template.ts';

export type CompiledText = Template | number | boolean;

export interface CompiledClaim {
  /** As it is written, for the log: `jwt.channelClaims["room:*"]`. */
  readonly at: string;
  /** The claim's full name. */
  readonly name: Template;
  /** A map becomes JSON text. */
  readonly value: CompiledText | ReadonlyMap<string, CompiledText>;
}

export interface CompiledExtras {
  readonly claims: readonly CompiledClaim[];
  readonly revocationKey: Template | undefined;
  readonly jti: boolean;
}

const PARTS = ['channelClaims', 'roomClaims', 'publishRates', 'revocationKey', 'clientType', 'jti', 'claims'];

/** RFC 7519 section 4.1: what they say is decided elsewhere. */
const REGISTERED: ReadonlySet<string> = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']);

/** @param problems receives what is wrong; with any, the result must not be used */
export function compileExtras(written: JwtExtras, setting: string, problems: ConfigProblem[]): CompiledExtras {
  const check = createShapeCheck(problems);
  const claims: CompiledClaim[] = [];
  if (!check.object(written, setting, [], PARTS)) return { claims, revocationKey: undefined, jti: false };
  const { channelClaims, roomClaims, publishRates, revocationKey, clientType, jti, claims: own }: JwtExtras = written;

  const entries = (part: unknown, name: string): readonly (readonly [string, unknown, string, string])[] =>
    part === undefined
      ? []
      : check
          .entries(part, `${setting}.${name}`)
          .map(([key, value]) => [
            key,
            value,
            `${setting}.${name}[${excerpt(key)}]`,
            `jwt.${name}[${JSON.stringify(key)}]`,
          ]);

  for (const [prefix, part, name] of [
    ['ably.channel.', channelClaims, 'channelClaims'],
    ['ably.room.', roomClaims, 'roomClaims'],
  ] as const) {
    for (const [resource, value, path, at] of entries(part, name)) {
      const full = readResource(resource, path, prefix, true, check);
      const compiled = readUserClaim(value, path, check);
      if (full && compiled !== undefined) claims.push({ at, name: full, value: compiled });
    }
  }
  for (const [resource, rate, path, at] of entries(publishRates, 'publishRates')) {
    const full = readResource(resource, path, 'ably.limits.publish.perAttachment.maxRate.', false, check);
    if (typeof rate !== 'number' || !Number.isFinite(rate) || rate <= 0) {
      check.report(path, 'it is no number above 0', 'Write messages a second; 0.1 is one in ten seconds');
    } else if (full) claims.push({ at, name: full, value: rate });
  }
  for (const [name, value, path, at] of entries(own, 'claims')) {
    if (/^x-ably-/i.test(name) || /^ably\./i.test(name) || REGISTERED.has(name.toLowerCase()) || name === '') {
      const fix = 'Choose another name; Ably’s own and the registered claims have settings of their own';
      check.report(path, 'the name is reserved', fix);
    }
    const compiled = readText(value, path, check);
    if (compiled !== undefined) claims.push({ at, name: literal(name), value: compiled });
  }
  if (clientType !== undefined) {
    check.oneOf(clientType, `${setting}.clientType`, ['server']);
    claims.push({ at: 'jwt.clientType', name: literal('x-ably-clientType'), value: literal('server') });
  }
  if (jti !== undefined && jti !== true) {
    check.report(`${setting}.jti`, `it is ${kindOf(jti)}`, 'Write true, or leave it out');
  }
  const key = revocationKey === undefined ? undefined : readText(revocationKey, `${setting}.revocationKey`, check);
  if (typeof key === 'number' || typeof key === 'boolean') {
    check.report(`${setting}.revocationKey`, `it is ${kindOf(key)}`, 'Write a text, such as "team-{team}"');
  }
  return { claims, revocationKey: typeof key === 'object' ? key : undefined, jti: jti === true };
}

/** A name, `ns:*` or `*`; Ably documents no other form. */
function readResource(
  resource: string,
  path: string,
  prefix: string,
  mayHaveTemplates: boolean,
  check: ShapeCheck,
): Template | undefined {
  const parsed = parseTemplate(resource);
  const sample = parsed.ok
    ? parsed.template.parts.map((part) => (typeof part === 'string' ? part : 'x')).join('')
    : resource;
  const problem = parsed.ok
    ? (resourceProblem(sample) ??
      (sample.startsWith('[') ? 'has a qualifier' : undefined) ??
      (sample.split(':').slice(0, -1).includes('*') ? 'has a wildcard before its end' : undefined) ??
      (!mayHaveTemplates && parsed.template.placeholders.length > 0 ? 'has a placeholder' : undefined))
    : parsed.problem;
  if (!parsed.ok || problem) {
    check.report(path, `the channel ${problem}`, 'Write a name, a namespace as ns:*, or *');
    return undefined;
  }
  const [first = '', ...rest] = parsed.template.parts;
  const parts = typeof first === 'string' ? [prefix + first, ...rest] : [prefix, first, ...rest];
  return { ...parsed.template, text: prefix + resource, parts };
}

function readUserClaim(
  value: unknown,
  path: string,
  check: ShapeCheck,
): CompiledText | ReadonlyMap<string, CompiledText> | undefined {
  if (!isObject(value)) {
    if (typeof value === 'string') return readText(value, path, check);
    check.report(path, `it is ${kindOf(value)}`, 'Write a text, or an object of texts and numbers, which becomes JSON');
    return undefined;
  }
  const members = Object.entries(value as Exclude<UserClaim, string>).map(
    ([name, member]) => [name, readText(member, `${path}.${name}`, check)] as const,
  );
  return new Map(members.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const])));
}

function readText(value: unknown, path: string, check: ShapeCheck): CompiledText | undefined {
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value;
  if (typeof value !== 'string' || value === '') {
    check.report(path, `it is ${kindOf(value)}`, 'Write a text that is not empty, a number, true or false');
    return undefined;
  }
  const parsed = parseTemplate(value);
  if (parsed.ok) return parsed.template;
  check.report(path, `it ${parsed.problem}`, 'Write text with {claim}; where you want JSON, write an object');
  return undefined;
}

/** Names and fixed values are no templates, whatever is in them. */
function literal(text: string): Template {
  return { text, parts: [text], placeholders: [] };
}
