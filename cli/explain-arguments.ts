/**
 * What `explain` is asked, read from its arguments: who calls, as claims or as a request with their credential in it, what
 * they ask for, and the one question. The credential's own value is repeated in no message (S10).
 */
import { readCookieHeaders } from '../adapters/message/read-cookie-header.ts';
import { isOperation } from '../core/capability/operations.ts';
import { AuthFailure } from '../core/errors.ts';
import type { AuthRequest, NameValue } from '../core/http.ts';
import type { IdentityKind } from '../core/identity/identity.ts';
import type { ExplainedCaller } from '../core/policy/explain.ts';
import type { Question } from '../core/policy/explain-answer.ts';
import type { Wishes } from '../core/policy/wishes.ts';
import { readWishes } from '../core/wire/read-wishes.ts';
import { CannotRun, type Operand, type Options, type Terminal, type Values } from './command.ts';
import { type JsonObject, readJsonObject } from './read-json-object.ts';

const WHO = 'Who asks:';
const WHAT = 'What they ask for:';
const KINDS = ['user', 'guest', 'anonymous'] as const satisfies readonly IdentityKind[];

export const CLAIMS: Operand = {
  name: 'CLAIMS',
  about: `as a session or a token has them, '{"sub":"bob"}'; nothing: an anonymous caller`,
};

/** Who, and what they ask for. */
export const CALLER_OPTIONS = {
  kind: { value: 'KIND', choices: KINDS, about: 'what claims alone do not say', group: WHO },
  source: { value: 'NAME', about: 'the identity source that claims are of', group: WHO },
  token: { value: 'TOKEN', about: 'what the client sends after "Authorization: Bearer"', group: WHO },
  cookie: { value: 'NAME=VALUE', about: 'its Cookie header', group: WHO },
  header: { value: 'NAME: VALUE', repeats: true, about: 'another header; may be repeated', group: WHO },
  capability: { value: 'JSON', about: 'the capability that the client asks for', group: WHAT },
  'client-id': { value: 'ID', about: 'the clientId that it asks for', group: WHAT },
} as const satisfies Options;

export const ASKED_OPTIONS = {
  ...CALLER_OPTIONS,
  may: { value: 'OPERATION', about: 'may they, for instance, --may publish --on room:7?', group: WHAT },
  on: { value: 'CHANNEL', about: 'where', group: WHAT },
} as const satisfies Options;

export type AskedValues = Values<typeof ASKED_OPTIONS>;

export interface Asked {
  /** As stated, when no credential was given. */
  readonly stated: ExplainedCaller | undefined;
  /** With the credential in it, or without any. */
  readonly request: AuthRequest;
  readonly wishes: Wishes;
  readonly question: Question | undefined;
}

/** @throws CannotRun */
export async function readAsked(values: AskedValues, claims: string | undefined, terminal: Terminal): Promise<Asked> {
  const given = [claims, values.token, values.cookie, ...(values.header ?? [])];
  if (given.filter((value) => value === '-').length > 1)
    throw new CannotRun('Only one value can be read from standard input.');
  const read = async (value: string): Promise<string> => (value === '-' ? (await terminal.readInput()).trim() : value);
  const headers: NameValue[] = [];
  if (values.token !== undefined) headers.push(['authorization', `Bearer ${await read(values.token)}`]);
  if (values.cookie !== undefined) headers.push(['cookie', await read(values.cookie)]);
  for (const header of values.header ?? []) headers.push(readHeader(await read(header)));
  const stated = await readStated(values, claims === undefined ? undefined : await read(claims));
  if (headers.length > 0 && (claims !== undefined || values.kind || values.source)) {
    throw new CannotRun('Claims are either stated or in a credential, not both.');
  }
  const request = requestWith(values, headers);
  return {
    stated: headers.length > 0 ? undefined : stated,
    request,
    wishes: await wishesOf(request),
    question: questionOf(values),
  };
}

function readHeader(line: string): NameValue {
  const colon = line.indexOf(':');
  if (colon < 1) throw new CannotRun("A header is 'NAME: VALUE'.");
  return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
}

async function readStated({ kind, source }: AskedValues, text: string | undefined): Promise<ExplainedCaller> {
  return {
    ...(kind !== undefined && { kind }),
    ...(source !== undefined && { source }),
    claims: text === undefined ? {} : readClaims(text),
  };
}

function readClaims(text: string): JsonObject {
  if (/^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)) throw new CannotRun('That is a token: give it as --token.');
  const claims = readJsonObject(text);
  // Without the text, which may be a secret.
  if (!claims) throw new CannotRun(`Claims are a JSON object, '{"sub":"bob"}'.`);
  return claims;
}

function requestWith(values: AskedValues, headers: readonly NameValue[]): AuthRequest {
  const byName = new Map<string, string[]>();
  for (const [name, value] of headers) byName.set(name, [...(byName.get(name) ?? []), value]);
  const query: NameValue[] = [];
  if (values.capability !== undefined) query.push(['capability', values.capability]);
  if (values['client-id'] !== undefined) query.push(['clientId', values['client-id']]);
  return {
    method: 'GET',
    query,
    headers: byName,
    cookies: readCookieHeaders(byName.get('cookie')),
    body: '',
    platform: {},
  };
}

async function wishesOf(request: AuthRequest): Promise<Wishes> {
  try {
    return await readWishes(request, { honourRequestedTtl: false });
  } catch (error) {
    if (error instanceof AuthFailure) throw new CannotRun(`A client would get 400 for it: ${error.detail}.`);
    throw error;
  }
}

function questionOf({ may, on }: AskedValues): Question | undefined {
  if (may === undefined && on === undefined) return undefined;
  if (may === undefined || on === undefined) throw new CannotRun('--may OPERATION and --on CHANNEL belong together.');
  if (!isOperation(may)) throw new CannotRun('--may: Ably has no such operation.');
  return { operation: may, channel: on };
}
