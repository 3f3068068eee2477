/**
 * The errors that the local Ably service answers with: Ably's code, HTTP status and a message.
 *
 * Codes are those of ably-common's registry. When each one applies is decided where it is thrown; how it travels
 * (HTTP headers and body, or a frame) in rest/ and realtime/. A development tool, not Ably.
 */

/** ErrorInfo as SDKs expect it: `code` and `statusCode` must be numbers (ably-js throws on anything else, TI1). */
export interface ErrorInfo {
  readonly code: number;
  readonly statusCode: number;
  readonly message: string;
  readonly href: string;
}

export class AblyError extends Error {
  readonly code: number;
  readonly statusCode: number;

  constructor(code: number, statusCode: number, message: string) {
    super(message);
    this.name = 'AblyError';
    this.code = code;
    this.statusCode = statusCode;
  }

  toErrorInfo(): ErrorInfo {
    return {
      code: this.code,
      statusCode: this.statusCode,
      message: this.message,
      href: `https://help.ably.io/error/${this.code}`,
    };
  }
}

/** What is thrown by a programming error here must still reach the client as an ErrorInfo. */
export function asAblyError(thrown: unknown): AblyError {
  if (thrown instanceof AblyError) return thrown;
  return new AblyError(50000, 500, `internal error: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
}

/** 40140 to 40149: the client is expected to fetch another token and try again (RSA4b). */
export function isTokenError(error: AblyError): boolean {
  return error.code >= 40140 && error.code < 40150;
}

export const badRequest = (message: string): AblyError => new AblyError(40000, 400, message);
export const badField = (message: string): AblyError => new AblyError(40001, 400, message);
export const badValue = (message: string): AblyError => new AblyError(40003, 400, message);
export const unreadableCredential = (message: string): AblyError => new AblyError(40005, 400, message);
export const badChannelName = (message: string): AblyError => new AblyError(40010, 400, message);
export const badClientId = (message: string): AblyError => new AblyError(40012, 400, message);
export const notAccepted = (message: string): AblyError => new AblyError(40101, 401, message);
export const incompatible = (message: string): AblyError => new AblyError(40102, 401, message);
/** Not one of the token errors: another token of this key would be refused as well. Its own wording. */
export const keyRevoked = (): AblyError => new AblyError(40131, 401, 'key/token status changed (revoke)');
export const tokenRevoked = (): AblyError => new AblyError(40141, 401, 'token revoked');
export const tokenExpired = (): AblyError => new AblyError(40142, 401, 'token expired');
export const tokenUnknown = (): AblyError => new AblyError(40143, 401, 'token unrecognised');
export const badJwt = (message: string): AblyError => new AblyError(40144, 401, message);
export const notPermitted = (message: string): AblyError => new AblyError(40160, 401, message);
export const identityRequired = (message: string): AblyError => new AblyError(40161, 401, message);
export const modeMissing = (message: string): AblyError => new AblyError(40165, 401, message);
export const notFound = (message: string): AblyError => new AblyError(40400, 404, message);
