/**
 * WebSockets: reads the handshake's parameters, carries frames in JSON or msgpack, keeps idle sockets alive, and refuses
 * a connection the way SDKs expect it: the socket opens, one ERROR frame says why, the socket closes.
 */

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { asAblyError, badRequest, notAccepted } from '../errors.ts';
import { requestUrl } from '../rest/http.ts';
import { asRecord, decodeValue, encodeValue, type Format } from '../wire.ts';
import {
  type Connection,
  type ConnectionParts,
  MAX_IDLE_INTERVAL_MS,
  openConnection,
  type Transport,
} from './connection.ts';
import { ACTION, type OutgoingFrame } from './protocol.ts';

const MAX_FRAME_BYTES = 1024 * 1024;

export interface Sockets {
  upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void;
  connections(): readonly Connection[];
  close(): void;
}

export function createSockets(parts: ConnectionParts): Sockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });
  const connections = new Set<Connection>();

  const serve = (socket: WebSocket, params: URLSearchParams): void => {
    const format: Format = params.get('format') === 'msgpack' ? 'msgpack' : 'json';
    const transport: Transport = {
      send(frame) {
        if (socket.readyState === socket.OPEN) socket.send(encodeValue(format, frame));
      },
      close: () => socket.close(1000),
    };
    let connection: Connection;
    try {
      connection = open(parts, transport, params);
    } catch (error) {
      transport.send({ action: ACTION.ERROR, error: asAblyError(error).toErrorInfo() });
      transport.close();
      return;
    }
    connections.add(connection);
    const idle = setInterval(() => keepAlive(socket, transport, params), MAX_IDLE_INTERVAL_MS);
    socket.on('message', (data: Buffer) => receive(connection, transport, format, data));
    socket.on('close', () => {
      clearInterval(idle);
      connections.delete(connection);
      connection.lost();
    });
  };

  return {
    upgrade(incoming, socket, head) {
      const url = requestUrl(incoming);
      server.handleUpgrade(incoming, socket, head, (webSocket) => {
        // A frame over the limit, or bytes that are no frame: ws closes the socket itself.
        webSocket.on('error', () => webSocket.terminate());
        // SDKs that find the network slow ask here whether WebSockets work at all (wsConnectivityCheckUrl).
        if (url.pathname === '/connectivity') return webSocket.close(1000);
        serve(webSocket, url.searchParams);
      });
    },
    connections: () => [...connections].filter((connection) => connection.live),
    close() {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}

function open(parts: ConnectionParts, transport: Transport, params: URLSearchParams): Connection {
  const apiKey = params.get('key');
  // ably-js says access_token, the specification and ably-java accessToken.
  const token = params.get('access_token') ?? params.get('accessToken');
  if (apiKey === null && token === null) throw notAccepted('no authentication information provided');
  const credential = token === null ? parts.credentials.fromApiKey(apiKey ?? '') : parts.credentials.fromToken(token);
  return openConnection(parts, transport, credential, {
    assertedClientId: params.get('clientId') ?? undefined,
    echo: params.get('echo') !== 'false',
  });
}

function receive(connection: Connection, transport: Transport, format: Format, data: Buffer): void {
  try {
    const frame = asRecord(decodeValue(format, data));
    if (frame === undefined) throw badRequest('a frame must be an object');
    connection.receive(frame);
  } catch (error) {
    const refusal: OutgoingFrame = { action: ACTION.ERROR, error: asAblyError(error).toErrorInfo() };
    transport.send(refusal);
    transport.close();
  }
}

/** Browsers cannot see pings and ask for HEARTBEAT frames instead. */
function keepAlive(socket: WebSocket, transport: Transport, params: URLSearchParams): void {
  if (params.get('heartbeats') === 'true') transport.send({ action: ACTION.HEARTBEAT });
  else if (socket.readyState === socket.OPEN) socket.ping();
}
