/**
 * What the attacks share: rules to try them under, an Ably to spend the loot at, and forgeries. The local service
 * shares no code with core, so what it accepts is not decided by what we believe.
 */
import { createHmac } from 'node:crypto';
import { expect, onTestFinished } from 'vitest';
import { startAblyService } from '../../dev/ably-service/ably-service.ts';
import { parseCapability, permits } from '../../dev/ably-service/capability.ts';
import type { AuthResponse, IdentitySource, Rule } from '../../index.ts';
import { errorOf, headerOf, jsonOf, KEY_NAME, KEY_SECRET, NOW_MS } from '../core/auth-request.ts';

/** What the tutorial's two kinds of caller may do, without its broad grant. */
export const RULES: readonly Rule[] = [
  { name: 'visitors', when: { kind: 'anonymous' }, grant: { notifications: ['subscribe'] } },
  { name: 'members', grant: { 'room:*': ['publish', 'subscribe'], 'user:{sub}': ['subscribe'] } },
];

export const CLEARED_SESSION = '__Host-ably-auth-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure';

/** A refusal in full: the status, the code in body and header, and no credential. */
export function expectRefusal(response: AuthResponse, status: number, code: number): void {
  expect(response.status).toBe(status);
  expect(errorOf(response)).toMatchObject({ code, statusCode: status });
  expect(headerOf(response, 'X-Ably-ErrorCode')).toBe(String(code));
  expect(response.body).not.toMatch(/"mac"|"keyName"|eyJ/);
}

/** The resources and operations that an issued TokenRequest carries. */
export function grantedBy(response: AuthResponse): Record<string, string[]> {
  expect(response.status).toBe(200);
  return JSON.parse(String(jsonOf(response).capability)) as Record<string, string[]>;
}

/** What Ably lets the holder of this capability do, by a matcher that is not ours. */
export function ablyPermits(capability: string, operation: string, channel: string): boolean {
  return permits(parseCapability(capability), channel, operation);
}

export interface Spent {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export interface Ably {
  /** Exchanges a TokenRequest, as the thief's client would. */
  redeem(tokenRequest: object): Promise<Spent>;
  publish(token: unknown, channel: string, message: object): Promise<Spent>;
}

/** A local Ably-compatible service that lives at the moment of the test endpoints; closed after the test. */
export async function startAbly(): Promise<Ably> {
  const service = await startAblyService({ keys: [{ name: KEY_NAME, secret: KEY_SECRET }], now: () => NOW_MS });
  onTestFinished(() => service.close());
  const post = async (path: string, body: object, headers: Record<string, string> = {}): Promise<Spent> => {
    const init = { method: 'POST', body: JSON.stringify(body) };
    const all = { 'content-type': 'application/json', ...headers };
    const response = await fetch(`${service.url}${path}`, { ...init, headers: all });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return {
    redeem: (tokenRequest) => post(`/keys/${KEY_NAME}/requestToken`, tokenRequest),
    publish: (token, channel, message) =>
      post(`/channels/${encodeURIComponent(channel)}/messages`, message, {
        authorization: `Bearer ${Buffer.from(String(token)).toString('base64')}`,
      }),
  };
}

export interface SignedFields {
  readonly keyName: string;
  readonly ttl?: number | string;
  readonly capability?: string;
  readonly clientId?: string;
  readonly timestamp: number;
  readonly nonce: string;
  readonly mac: string;
}

/** The text that a TokenRequest signs, from Ably's documentation: six lines, whatever is absent left empty. */
export function signedText(fields: Omit<SignedFields, 'mac'>): string {
  const { keyName, ttl = '', capability = '', clientId = '', timestamp, nonce } = fields;
  return `${keyName}\n${ttl}\n${capability}\n${clientId}\n${timestamp}\n${nonce}\n`;
}

export function rawMac(text: string, encoding: 'base64' | 'base64url' = 'base64', secret = KEY_SECRET): string {
  return createHmac('sha256', secret).update(text).digest(encoding);
}

/** A value with one character replaced by another that is no less likely there. */
export function flipped(text: string, at: number): string {
  const other = text[at] === 'A' ? 'B' : 'A';
  return `${text.slice(0, at)}${other}${text.slice(at + 1)}`;
}

/** A source of the test's own: a header names the user, or whatever `identity` says. */
export function headerSource(name: string, header: string, options: Partial<IdentitySource> = {}): IdentitySource {
  return {
    name,
    ambient: false,
    kinds: ['user'],
    problems: [],
    carriesCredential: (request) => request.headers.has(header),
    verify: (request) => {
      const subject = request.headers.get(header)?.[0] ?? '';
      return { kind: 'identified', identity: { source: name, subject, kind: 'user', claims: { sub: subject } } };
    },
    ...options,
  };
}

/** Counts how often a source is asked to verify: a refused cookie must not even be parsed. */
export function watched(source: IdentitySource): IdentitySource & { readonly verified: () => number } {
  let count = 0;
  return {
    ...source,
    verify: (request, context) => {
      count += 1;
      return source.verify(request, context);
    },
    verified: () => count,
  };
}
