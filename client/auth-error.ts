/**
 * What an SDK is told when there is no credential. It looks at two numbers only, and a bare `throw` has neither:
 * statusCode 403 ends the connection for good (RSA4d), everything else is tried again (RSA4c).
 *
 * So the HTTP status decides, never the body. 403 is final when the endpoint says so, not when a page in between does
 * (a captive portal, a firewall); codes from which SDKs read more than we mean are never passed on.
 */
import type { ErrorInfo } from 'ably';

export class AblyAuthError extends Error {
  readonly code: number;
  readonly statusCode: number;
  /** What the endpoint's log calls this request. */
  readonly requestId: string | undefined;
  declare readonly cause?: ErrorInfo;

  constructor(message: string, numbers: { readonly code: number; readonly statusCode: number }, requestId?: string) {
    super(message);
    this.name = 'AblyAuthError';
    this.code = numbers.code;
    this.statusCode = numbers.statusCode;
    this.requestId = requestId;
  }

  /** The SDK makes an ErrorInfo of its own out of this one, and takes its words from here. */
  override toString(): string {
    return this.requestId === undefined ? this.message : `${this.message} (request ${this.requestId})`;
  }
}

/** No usable answer: worth trying again. The numbers are the SDK's own for that case. */
export function noAnswer(why: string): AblyAuthError {
  return new AblyAuthError(why, { code: 40170, statusCode: 401 });
}

/** The endpoint, or something before it, answered with another status than 2xx. */
export function refusalOf(status: number, headers: { get(name: string): string | null }, body: string): AblyAuthError {
  const error = errorMember(body);
  const requestId = textOf(error?.requestId) ?? headers.get('x-request-id') ?? undefined;
  const message = textOf(error?.message) ?? `The auth endpoint answered ${status}.`;
  const said = numberOf(error?.code) ?? numberOf(Number(headers.get('x-ably-errorcode') || Number.NaN));
  if (isPage(headers, body)) return noAnswer(`A page was answered with ${status}, which is not the auth endpoint's.`);
  return new AblyAuthError(message, numbersFor(status, said), requestId);
}

/** HTML comes from a captive portal, a firewall or a login page: never from an auth endpoint. */
export function isPage(headers: { get(name: string): string | null }, body: string): boolean {
  return /\bhtml\b/i.test(headers.get('content-type') ?? '') || body.trimStart().startsWith('<');
}

/** Whether signing in would help: the caller showed nothing, or something that is no longer good. */
export function meansSignedOut({ statusCode, code }: AblyAuthError): boolean {
  return statusCode === 401 && (code === 40101 || code === 40100);
}

function numbersFor(status: number, said: number | undefined): { readonly code: number; readonly statusCode: number } {
  if (status === 403) return { code: 40300, statusCode: 403 };
  // ably-java ends a client on 429, so that "too often" is never passed on as that.
  if (status === 429) return { code: 42910, statusCode: 401 };
  if (said !== undefined && !hasOtherMeaning(said)) return { code: said, statusCode: status };
  if (status === 401) return { code: 40101, statusCode: 401 };
  return status >= 500 ? { code: 50000, statusCode: status } : { code: 40170, statusCode: 401 };
}

/** 40102 and 40171 end an ably-js client, 40140 to 40149 are about Ably's own tokens, 40300 is for 403 only. */
function hasOtherMeaning(code: number): boolean {
  return code === 40102 || code === 40171 || code === 40300 || (code >= 40140 && code <= 40149);
}

function errorMember(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const { error } = JSON.parse(body) as { readonly error?: unknown };
    return typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
