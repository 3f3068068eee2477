/**
 * What a bare Node server knows: the request as the client wrote it, and the address of the socket's other end.
 *
 * Behind a proxy that is the proxy's address. X-Forwarded-For is never read here: without knowing the hops in front,
 * whoever sends the request writes it.
 */
import type { IncomingMessage } from 'node:http';
import type { AuthRequest } from '../../core/http.ts';
import { readIncomingMessage } from '../message/read-incoming-message.ts';

export function readNodeRequest(req: IncomingMessage, body: AuthRequest['body']): AuthRequest {
  const clientIp = req.socket.remoteAddress;
  return readIncomingMessage(req, body, clientIp === undefined ? {} : { clientIp });
}
