/**
 * The native halves of React Native's network: what `XMLHttpRequest`, `fetch` and `WebSocket` in JavaScript call, here
 * over Node.js instead of OkHttp. Everything above them is React Native's own.
 *
 * Like the network of Android's emulator, it knows this machine as 10.0.2.2; and port 3000 of that is where the test's
 * server listens, since the example has the port of `npm start` written in it.
 */
import { randomUUID } from 'node:crypto';
import { type ClientRequest, request } from 'node:http';
import WebSocket from 'ws';

export type Emit = (event: string, argument: unknown) => void;

type NativeModules = Readonly<Record<string, object>>;
type HeaderPairs = readonly (readonly [name: string, value: string])[];

const MACHINE = '10.0.2.2';

export interface NativeNetwork {
  readonly modules: NativeModules;
  /** URLs that were asked for, as the app wrote them. */
  readonly seen: readonly string[];
  close(): void;
}

export function createNativeNetwork(localServer: string, emit: Emit): NativeNetwork {
  const blobs = new Map<string, Buffer>();
  const requests = new Map<number, ClientRequest>();
  const sockets = new Map<number, WebSocket>();
  const seen: string[] = [];

  /** @throws for a host that no phone could reach */
  function address(url: string): { readonly to: URL; readonly host: string } {
    seen.push(url);
    const to = new URL(url);
    const { host } = to;
    if (to.hostname !== MACHINE) throw new Error(`The emulator does not know ${to.hostname}`);
    to.hostname = '127.0.0.1';
    if (to.port === '3000') to.port = new URL(localServer).port;
    return { to, host };
  }

  function keep(content: Buffer): object {
    const blobId = randomUUID();
    blobs.set(blobId, content);
    return { blobId, offset: 0, size: content.length };
  }

  function sendRequest(
    method: string,
    url: string,
    id: number,
    headerPairs: HeaderPairs,
    body: { readonly string?: string },
    responseType: 'text' | 'blob' | 'base64',
  ): void {
    const failed = (error: Error): void => emit('didCompleteNetworkResponse', [id, error.message, false]);
    try {
      const { to, host } = address(url);
      const sent = request(to, { method, headers: { ...Object.fromEntries(headerPairs), host } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', failed);
        response.on('end', () => {
          const content = Buffer.concat(chunks);
          const encoding = responseType === 'base64' ? 'base64' : 'utf8';
          const pairs = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
          emit('didReceiveNetworkResponse', [id, response.statusCode, Object.fromEntries(pairs), url]);
          emit('didReceiveNetworkData', [id, responseType === 'blob' ? keep(content) : content.toString(encoding)]);
          emit('didCompleteNetworkResponse', [id, null, false]);
        });
      });
      requests.set(id, sent);
      sent.on('error', failed).end(body.string);
    } catch (error) {
      setImmediate(failed, error as Error);
    }
  }

  function connect(url: string, _protocols: unknown, { headers }: { readonly headers?: object }, id: number): void {
    const { to, host } = address(url);
    const socket = new WebSocket(to, { headers: { ...headers, host } });
    sockets.set(id, socket);
    socket.on('open', () => emit('websocketOpen', { id, protocol: '' }));
    socket.on('message', (data: Buffer, isBinary) => {
      const text = data.toString(isBinary ? 'base64' : 'utf8');
      emit('websocketMessage', { id, type: isBinary ? 'binary' : 'text', data: text });
    });
    socket.on('error', ({ message }) => emit('websocketFailed', { id, message }));
    socket.on('close', (code, reason) => emit('websocketClosed', { id, code, reason: String(reason) }));
  }

  const listeners = { addListener() {}, removeListeners() {} };
  return {
    seen,
    modules: {
      Networking: {
        ...listeners,
        sendRequest,
        abortRequest: (id: number) => void requests.get(id)?.destroy(),
        clearCookies() {},
      },
      WebSocketModule: {
        ...listeners,
        connect,
        send: (text: string, id: number) => sockets.get(id)?.send(text),
        sendBinary: (base64: string, id: number) => sockets.get(id)?.send(Buffer.from(base64, 'base64')),
        ping: (id: number) => sockets.get(id)?.ping(),
        close: (code: number, reason: string, id: number) => sockets.get(id)?.close(code, reason),
      },
      BlobModule: {
        getConstants: () => ({ BLOB_URI_SCHEME: 'content', BLOB_URI_HOST: null }),
        addNetworkingHandler() {},
        addWebSocketHandler() {},
        removeWebSocketHandler() {},
        release: (blobId: string) => void blobs.delete(blobId),
      },
      FileReaderModule: {
        readAsText: async ({ blobId }: { readonly blobId: string }) => String(blobs.get(blobId)),
      },
    },
    close() {
      for (const sent of requests.values()) sent.destroy();
      for (const socket of sockets.values()) socket.terminate();
    },
  };
}
