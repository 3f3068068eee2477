/**
 * The endpoint in Vercel's classic form, `export default (req, res) => …`, for projects whose other functions have it.
 *
 * Only Node's own part of the request is read. Vercel's helpers (`req.query`, `req.cookies`) lose the order of what
 * comes twice; `req.body` is asked only where the bytes themselves are gone (consumed-body.ts).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuthEndpoint } from '../../core/auth-endpoint.ts';
import type { AuthRequest } from '../../core/http.ts';
import { carriesBody } from '../message/bounded-body.ts';
import { readIncomingBody } from '../message/read-incoming-body.ts';
import { readIncomingMessage } from '../message/read-incoming-message.ts';
import { readVercelPlatform } from './read-platform.ts';
import { writeClassicResponse } from './write-classic-response.ts';

/** As much of `@vercel/node`'s type as is used: the package itself is 86 MB. */
export type VercelRequest = IncomingMessage & { readonly body?: unknown };
export type VercelResponse = ServerResponse;

export type VercelClassicHandler = (req: VercelRequest, res: VercelResponse) => Promise<void>;

export function createVercelClassicHandler(endpoint: AuthEndpoint): VercelClassicHandler {
  return async (req, res) => {
    const body = carriesBody(req.method ?? '') ? await readIncomingBody(req) : '';
    if (body === undefined) return;
    writeClassicResponse(await endpoint.handle(readRequest(req, body)), res);
  };
}

function readRequest(req: VercelRequest, body: AuthRequest['body']): AuthRequest {
  return readIncomingMessage(
    req,
    body,
    readVercelPlatform((name) => req.headers[name]?.toString()),
  );
}
