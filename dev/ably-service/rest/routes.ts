/**
 * The REST routes of the local service and nothing else: which path and method lead where. Anything else is 404, as on
 * Ably, where a GET on requestToken is no route either.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access } from '../access.ts';
import type { Channels } from '../channels.ts';
import { asAblyError, notFound } from '../errors.ts';
import type { TokenRedeemer } from '../token-request.ts';
import type { Callers } from './callers.ts';
import { corsHeaders, errorResponse, type RestRequest, type RestResponse, readRequest, writeResponse } from './http.ts';
import { publishMessages, readHistory, readPresence } from './messages.ts';
import { type RevocationRules, revokeTokens } from './revoke-tokens.ts';

export interface RestParts {
  readonly now: () => number;
  readonly callers: Callers;
  readonly redeemer: TokenRedeemer;
  readonly channels: Channels;
  readonly access: Access;
  readonly revocation: RevocationRules;
}

export function createRestListener(parts: RestParts): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  const answer = async (incoming: IncomingMessage): Promise<RestResponse> => {
    try {
      return route(parts, await readRequest(incoming));
    } catch (error) {
      return errorResponse(asAblyError(error));
    }
  };
  return (incoming, outgoing) => {
    if (incoming.method === 'OPTIONS') {
      outgoing.writeHead(204, corsHeaders(incoming)).end();
      return;
    }
    void answer(incoming).then((response) => writeResponse(incoming, outgoing, response));
  };
}

function route(parts: RestParts, request: RestRequest): RestResponse {
  const { channels, access, callers } = parts;
  const [collection, name, resource, ...more] = request.path;
  const target = `${request.method} /${collection}${name === undefined ? '' : '/:name'}${resource ? `/${resource}` : ''}`;
  if (more.length > 0) throw notFound('no such path');

  switch (target) {
    case 'GET /time':
      return { status: 200, body: [parts.now()] };
    case 'POST /keys/:name/requestToken':
      return requestToken(parts, name ?? '', request);
    case 'POST /keys/:name/revokeTokens':
      return revokeTokens(parts.revocation, name ?? '', request, callers.credential(request));
    case 'POST /channels/:name/messages':
      return publishMessages(channels, access, callers.identify(request), name ?? '', request.body);
    case 'GET /channels/:name/messages':
    case 'GET /channels/:name/history':
      return readHistory(channels, access, callers.identify(request), name ?? '', request);
    case 'GET /channels/:name/presence':
      return readPresence(channels, access, callers.identify(request), name ?? '');
    default:
      throw notFound('no such path');
  }
}

function requestToken({ callers, redeemer }: RestParts, keyName: string, request: RestRequest): RestResponse {
  const caller = callers.credential(request);
  const key = caller?.kind === 'key' ? caller.key : undefined;
  return { status: 201, body: redeemer.redeem(keyName, request.body, key) };
}
