/**
 * What marks a token as one of those that this endpoint hands out. Such a token is never an identity (S17): whoever may
 * be somebody at Ably for an hour could otherwise come back with it for the next hour, for ever, and as more.
 */
import type { JsonObject } from './json-names.ts';

/** `appId.keyId`, as core/keys/api-key.ts reads it. Ably JWTs are signed under it. */
const SIGNING_KEY_NAME = /^[\w-]+\.[\w-]+$/;

/** @returns for the log, what gives it away */
export function ourMark(header: JsonObject, claims: JsonObject): string | undefined {
  if (typeof header.kid === 'string' && SIGNING_KEY_NAME.test(header.kid))
    return 'the kid has the form of an Ably key name';
  if (Object.keys(header).some(isAblys)) return 'the header has a name of Ably’s (x-ably-)';
  if (Object.keys(claims).some(isAblys)) return 'it has a claim of Ably’s (x-ably-)';
  return undefined;
}

function isAblys(name: string): boolean {
  return /^x-ably-/i.test(name);
}
