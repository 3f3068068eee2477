/**
 * Asks one address about one credential, and reads status and body. Bounded in time and size; follows no redirect, which
 * would carry the credential to an address that no config names. What the answer means is decided in
 * introspect-answer.ts.
 *
 * Loaded by the first credential: `node:https` takes a part of a cold start that others should not pay. Why not `fetch`:
 * see fetch-document.ts.
 */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** A session and its user; nobody's has this much. */
export const MAX_ANSWER_BYTES = 64 * 1024;

export interface Question {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
}

/** `problem`: there is no answer. For the log, and without a word of question or answer. */
export type Exchange = { readonly status: number; readonly body: string } | { readonly problem: string };

/** Never rejects. */
export function exchange(question: Question): Promise<Exchange> {
  const { url, method, body, timeoutMs } = question;
  const signal = AbortSignal.timeout(timeoutMs);
  return new Promise<Exchange>((resolve) => {
    const fail = () => {
      resolve({ problem: signal.aborted ? `no answer within ${timeoutMs} ms` : 'it could not be reached' });
    };
    try {
      const send = url.startsWith('https:') ? requestHttps : requestHttp;
      const headers = { accept: 'application/json', 'user-agent': 'ably-auth-functions', ...question.headers };
      // A kept connection would be dead after the function was frozen.
      const outgoing = send(url, { method, headers, agent: false, signal }, (incoming) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        incoming.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          chunks.push(chunk);
          if (bytes <= MAX_ANSWER_BYTES) return;
          resolve({ problem: `its answer is larger than ${MAX_ANSWER_BYTES} bytes` });
          outgoing.destroy();
        });
        incoming.on('error', fail);
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        );
      });
      outgoing.on('error', fail);
      outgoing.end(body);
    } catch {
      // A header that Node refuses to send, say. Its text may hold the value (S10).
      fail();
    }
  });
}
