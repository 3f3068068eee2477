/**
 * The endpoint as a `node:http` request listener. Mount it in Express, Fastify or a server of your own.
 *
 * Decides nothing: no path, no CORS, no policy. A client that disconnects is not an error.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuthEndpoint } from '../../core/auth-endpoint.ts';
import { carriesBody } from '../message/bounded-body.ts';
import { readIncomingBody } from '../message/read-incoming-body.ts';
import { refusal } from '../message/refusal.ts';
import { discardRest } from './discard-rest.ts';
import { readNodeRequest } from './read-request.ts';
import { writeNodeResponse } from './write-response.ts';

export type NodeHandler = (req: IncomingMessage, res: ServerResponse) => void;

export function createNodeHandler(endpoint: AuthEndpoint): NodeHandler {
  return (req, res) => {
    answer(endpoint, req, res).catch(() => failSafely(res));
  };
}

async function answer(endpoint: AuthEndpoint, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const body = carriesBody(req.method ?? '') ? await readIncomingBody(req) : '';
  if (body === undefined) return;
  const response = await endpoint.handle(readNodeRequest(req, body));
  writeNodeResponse(response, res);
  if (!req.complete) discardRest(req);
}

/** Only a bug comes here; an unhandled rejection would take every other request down with it. */
function failSafely(res: ServerResponse): void {
  if (res.headersSent) res.destroy();
  else writeNodeResponse(refusal(500, 'Internal error.'), res);
}
