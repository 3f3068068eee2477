/**
 * Reads what the endpoint answered: a TokenRequest or TokenDetails as JSON, a JWT or a token as text, or a refusal.
 *
 * Nothing is verified, which only Ably can. What is not one of the forms is no answer at all and tried again: an empty
 * body, a page of a captive portal, a redirect.
 */
import type { TokenDetails, TokenRequest } from 'ably';
import { type AblyAuthError, isPage, noAnswer, refusalOf } from './auth-error.ts';
import type { HttpAnswer } from './platform.ts';

export type Credential = TokenRequest | TokenDetails | string;

export interface Answer {
  readonly result: { readonly credential: Credential } | { readonly refusal: AblyAuthError };
  /** Of what was asked for: what was not given. */
  readonly refused: readonly string[];
  readonly retryAfter: string | null;
  /** To be sent with the next request. */
  readonly grant: string | undefined;
  readonly guest: string | undefined;
}

export async function readAnswer(response: HttpAnswer): Promise<Answer> {
  const { status, headers } = response;
  const body = await response.text();
  return {
    result: resultOf(status, headers, body),
    refused: parseNames(headers.get('x-ably-auth-refused')),
    retryAfter: headers.get('retry-after'),
    grant: headers.get('x-ably-auth-grant') || undefined,
    guest: headers.get('x-ably-auth-guest') || undefined,
  };
}

function resultOf(status: number, headers: HttpAnswer['headers'], body: string): Answer['result'] {
  // Followed, it would carry our headers to another host: what it leads to has to be written as the URL.
  if (status === 0 || (status >= 300 && status < 400))
    return { refusal: noAnswer('The auth endpoint redirects elsewhere.') };
  if (status < 200 || status >= 300) return { refusal: refusalOf(status, headers, body) };
  const text = body.trim();
  if (text === '') return { refusal: noAnswer(`The auth endpoint answered ${status} and nothing else.`) };
  if (isPage(headers, text)) return { refusal: noAnswer('A page was answered, which is not the auth endpoint’s.') };
  const credential = readCredential(headers.get('content-type') ?? '', text);
  return credential === undefined
    ? { refusal: noAnswer('The auth endpoint answered something that is no credential.') }
    : { credential };
}

function readCredential(contentType: string, text: string): Credential | undefined {
  if (/^\s*(application\/jwt|text\/plain)\b/i.test(contentType)) return text.startsWith('{') ? undefined : text;
  const value = parseJson(text);
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  // The two marks by which the SDK tells them apart.
  const isDetails = 'token' in value && 'issued' in value;
  return isDetails || ('keyName' in value && 'mac' in value) ? (value as TokenRequest | TokenDetails) : undefined;
}

function parseNames(header: string | null): readonly string[] {
  const value = parseJson(header ?? '');
  return Array.isArray(value) ? value.filter((name): name is string => typeof name === 'string') : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
