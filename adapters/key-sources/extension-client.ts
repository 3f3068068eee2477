/** One GET of the extension through Node's own HTTP client, which understands every answer. */
import { request } from 'node:http';
import { type Answer, TOO_LATE } from './extension-answer.ts';

/** @throws TOO_LATE, or whatever kept it from being reached */
export function getThroughClient(port: number, path: string, token: string, timeoutMs: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  return new Promise<Answer>((resolve, reject) => {
    const headers = { 'X-Aws-Parameters-Secrets-Token': token };
    const outgoing = request({ host: '127.0.0.1', port, path, agent: false, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    outgoing.on('error', reject);
    outgoing.end();
    timer = setTimeout(() => {
      reject(TOO_LATE);
      outgoing.destroy();
    }, timeoutMs);
  }).finally(() => clearTimeout(timer));
}
