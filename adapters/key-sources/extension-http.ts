/**
 * One GET of the extension. Node's HTTP client is a third of what reading the key adds to a cold start, so a plain answer
 * is read from the socket itself; whatever is not plain is asked for again through that client, which decides.
 *
 * Plain is: HTTP/1.1, one Content-Length, so many bytes and no more, no other encoding. Nothing else is understood here.
 */
import { connect } from 'node:net';
import { type Answer, TOO_LATE } from './extension-answer.ts';

/** More is no answer of the extension: a secret has at most 65,536 bytes. */
const MAX_PLAIN_BYTES = 500_000;

/** Room for a secret that is a key; a longer one comes in pieces. */
const READ_BYTES = 16_384;

/**
 * @param path encoded, with its query
 * @throws TOO_LATE, or whatever kept it from being reached
 */
export async function getFromExtension(port: number, path: string, token: string, timeoutMs: number): Promise<Answer> {
  // What a header may not hold is left to the client to refuse.
  const plain = /^[\x21-\x7e]*$/.test(token) ? await getPlain(port, path, token, timeoutMs) : undefined;
  return plain ?? (await import('./extension-client.ts')).getThroughClient(port, path, token, timeoutMs);
}

function getPlain(port: number, path: string, token: string, timeoutMs: number): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      // When the request has been answered: Node opens its standard error for it, which takes a millisecond.
      setImmediate(() => socket.destroy());
    };
    const timer = setTimeout(() => {
      reject(TOO_LATE);
      end();
    }, timeoutMs);
    let received: Buffer = Buffer.alloc(0);
    // Into a buffer of our own: what else there is to a stream would be compiled for this one answer.
    const read = (bytes: number, buffer: Uint8Array): boolean => {
      received = Buffer.concat([received, buffer.subarray(0, bytes)]);
      const answer = readPlain(received);
      if (answer === 'incomplete') return true;
      resolve(answer);
      end();
      return false;
    };
    // Not `localhost`: looking that name up takes longer at a cold start than everything else here.
    const socket = connect({
      port,
      host: '127.0.0.1',
      onread: { buffer: Buffer.allocUnsafe(READ_BYTES), callback: read },
    });
    socket.on('end', () => {
      resolve(undefined);
      end();
    });
    socket.on('error', (error) => {
      reject(error);
      end();
    });
    // A kept connection would be dead after the function was frozen.
    const lines = [`Host: localhost:${port}`, `X-Aws-Parameters-Secrets-Token: ${token}`, 'Connection: close'];
    socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  });
}

/** `undefined` for what is not plain. */
export function readPlain(received: Buffer): Answer | 'incomplete' | undefined {
  if (received.length > MAX_PLAIN_BYTES) return undefined;
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return 'incomplete';
  const [statusLine = '', ...fields] = received.toString('latin1', 0, headEnd).toLowerCase().split('\r\n');
  const status = /^http\/1\.1 ([2-5]\d\d)(?: |$)/.exec(statusLine)?.[1];
  const [length, ...others] = fields.filter((field) => /^(?:content-length|[\w-]*-encoding)\s*:|^[^\w]/.test(field));
  const bytes = /^content-length: *(\d{1,6})$/.exec(length ?? '')?.[1];
  if (!status || !bytes || others.length > 0) return undefined;
  const missing = headEnd + 4 + Number(bytes) - received.length;
  if (missing > 0) return 'incomplete';
  return missing < 0 ? undefined : { status: Number(status), body: received.toString('utf8', headEnd + 4) };
}
