/**
 * Who makes a REST request: reads Basic and Bearer authorization, or the query parameters that stand in for them.
 * Basic is accepted without TLS, which Ably refuses (40103): this service has no TLS and listens on one machine.
 */

import type { Client } from '../access.ts';
import type { Credential } from '../credential.ts';
import { type Credentials, resolveClientId } from '../credentials.ts';
import { badClientId, notAccepted, unreadableCredential } from '../errors.ts';
import type { RestRequest } from './http.ts';

export interface Callers {
  /** Throws 40101 without credentials, or the error that their check ends in. */
  identify(request: RestRequest): Client;
  /** The credential as presented, undefined without one; no identity is settled. */
  credential(request: RestRequest): Credential | undefined;
}

export function createCallers(credentials: Credentials): Callers {
  const credential = (request: RestRequest): Credential | undefined => {
    const authorization = request.header('authorization');
    if (authorization === undefined) return fromQuery(request);
    const [scheme, value] = authorization.split(' ', 2);
    if (value === undefined) throw unreadableCredential('the Authorization header has no value');
    switch (scheme?.toLowerCase()) {
      case 'basic':
        return credentials.fromApiKey(decodeBase64(value));
      case 'bearer':
        // SDKs send base64 of the token (RSA3b), hand-written callers the token itself. Base64 has no dot.
        return credentials.fromToken(value.includes('.') ? value : decodeBase64(value));
      default:
        throw unreadableCredential('the Authorization scheme is neither Basic nor Bearer');
    }
  };
  const fromQuery = ({ query }: RestRequest): Credential | undefined => {
    const apiKey = query.get('key');
    if (apiKey !== null) return credentials.fromApiKey(apiKey);
    const token = query.get('access_token') ?? query.get('accessToken');
    return token === null ? undefined : credentials.fromToken(token);
  };

  return {
    credential,
    identify(request) {
      const found = credential(request);
      if (found === undefined) throw notAccepted('no authentication information provided');
      const header = request.header('x-ably-clientid');
      const asserted = header === undefined ? request.query.get('clientId') : decodeBase64(header);
      if (asserted === '*') throw badClientId('"*" is not an identity');
      return { credential: found, clientId: resolveClientId(found, asserted ?? undefined) };
    },
  };
}

function decodeBase64(value: string): string {
  return Buffer.from(value, 'base64').toString('utf8');
}
