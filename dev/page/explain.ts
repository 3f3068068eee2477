/**
 * Says in a sentence what a connection state or a refusal means, and what happens next.
 *
 * The numbers are Ably's; the words are for a person. A message from the server is repeated as it is, never
 * interpreted. Which channels a token covers is explained in capability.ts.
 */
import type { ConnectionState, ErrorInfo } from 'ably';
import { asRecord, type Refusal } from './wire.ts';

/** The SDK wraps a failed token fetch in 80019 or 40170; the reason is at the bottom of the chain of causes. */
export function rootRefusal(error: unknown): Refusal | undefined {
  const info = asRecord(error) as Partial<ErrorInfo> | undefined;
  if (!info) return undefined;
  const cause = rootRefusal(info.cause);
  if (cause) return cause;
  if (typeof info.code !== 'number') return undefined;
  return { code: info.code, statusCode: info.statusCode ?? 0, message: info.message ?? 'No reason was given.' };
}

/** The refusal in anything that was thrown, so that every failure can be shown. */
export function refusalOf(error: unknown): Refusal {
  const message = error instanceof Error ? error.message : String(error);
  return rootRefusal(error) ?? { code: 0, statusCode: 0, message };
}

/** What the connection is doing, and why. */
export function explainState(state: ConnectionState, reason: Refusal | undefined): string {
  const why = reason ? explainRefusal(reason) : '';
  switch (state) {
    case 'initialized':
      return 'Nothing has been asked yet.';
    case 'connecting':
      return `The client fetches a token from the endpoint and opens a connection with it. ${why}`.trim();
    case 'connected':
      return reason
        ? `The connection is open, but the last renewal failed. ${why} The token in hand serves until it expires.`
        : 'Ably accepted the token. The connection is open.';
    case 'disconnected':
      return `${why || 'The connection was lost.'} The client tries again by itself, within half a minute.`;
    case 'suspended':
      return `${why || 'The connection has been down for a while.'} The client keeps trying, every half minute.`;
    case 'failed':
      return `${why || 'Ably refused the connection.'} The client has stopped and does not try again by itself; sign in as somebody else, or renew.`;
    case 'closing':
    case 'closed':
      return 'The connection was closed from this side.';
  }
}

/** What a refusal means, then the words of whoever refused, in quotation marks. */
export function explainRefusal({ code, statusCode, message }: Refusal): string {
  return code === 0 ? withStop(message) : `${meaningOf(code, statusCode)} “${message}”`;
}

/** Number and meaning in one line. */
export function sayRefusal(refusal: Refusal): string {
  return refusal.code === 0 ? explainRefusal(refusal) : `${nameRefusal(refusal)}: ${explainRefusal(refusal)}`;
}

/** How to name a refusal in brief: `40160 (401)`. */
export function nameRefusal({ code, statusCode }: Refusal): string {
  return statusCode === 0 ? String(code) : `${code} (${statusCode})`;
}

function meaningOf(code: number, statusCode: number): string {
  const known = MEANINGS.get(code);
  if (known) return known;
  if (code >= 40140 && code <= 40149) return 'Ably did not accept the token, so the client fetches another.';
  if (code >= 80000 && code <= 80999) return 'The connection could not be kept up.';
  if (statusCode === 403) return 'Refused for good.';
  if (statusCode >= 500 || code >= 50000)
    return 'Something on the other side is out of reach; it is worth trying again.';
  return 'Refused.';
}

const MEANINGS = new Map([
  [40101, 'The endpoint or Ably could not accept who you are: nothing was shown, or it is expired or invalid.'],
  [40102, 'A connection keeps the identity that it began with, and the new token has another one.'],
  [40104, 'The TokenRequest was signed more than two minutes from now: the clock of the signer is wrong.'],
  [40105, 'The TokenRequest had been used before.'],
  [40141, 'The token was revoked.'],
  [40142, 'The token has expired.'],
  [40160, 'The token does not allow this.'],
  [40170, 'The endpoint gave no usable answer.'],
  [40300, 'The endpoint refused for good.'],
  [42910, 'Asked too often; later it will work again.'],
]);

function withStop(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
