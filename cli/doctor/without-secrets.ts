/**
 * An answer without what was sent to get it: an endpoint may repeat a credential in a message or a header, and what is said
 * here of its answers is pasted into tickets.
 */
import type { NameValue } from '../../core/http.ts';
import type { Exchange } from './exchange.ts';

const CARRIERS = new Set(['authorization', 'cookie']);
/** Shorter pieces are the names of schemes, and guessed in no time. */
const MIN_SECRET_CHARS = 8;

/** @param sent headers of the request; `credential` says which of them, beside the usual ones, carry one */
export function withoutSecrets(
  answer: Exchange,
  sent: readonly NameValue[],
  credential: readonly NameValue[],
): Exchange {
  const carriers = new Set([...CARRIERS, ...credential.map(([name]) => name.toLowerCase())]);
  const secrets = sent
    .filter(([name]) => carriers.has(name.toLowerCase()))
    .flatMap(([, value]) => value.split(/[\s;,=]+/))
    .filter((piece) => piece.length >= MIN_SECRET_CHARS);
  const hide = (text: string): string => secrets.reduce((shown, secret) => shown.replaceAll(secret, '…'), text);
  const headers = new Map([...answer.headers].map(([name, lines]) => [name, lines.map(hide)]));
  return { ...answer, headers, body: hide(answer.body) };
}
