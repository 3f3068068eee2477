/**
 * An HTTP API in front of one execution environment: real HTTP requests become events of payload 2.0, and what the
 * function returns becomes the answer. The events are made by the driver that the adapters' contract is tested with.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NameValue } from '../../../core/http.ts';
import httpApi from '../../adapters/fixtures/http-api-2.0.json' with { type: 'json' };
import { driveV2 } from '../../adapters/hosts/lambda-events.ts';
import { readV2 } from '../../adapters/hosts/lambda-results.ts';
import type { ExecutionEnvironment } from './environment.ts';

export interface HttpFront {
  readonly authUrl: string;
  close(): Promise<void>;
}

export async function startHttpFront(environment: Pick<ExecutionEnvironment, 'invoke'>): Promise<HttpFront> {
  const server = createServer((incoming, outgoing) => {
    pass(environment, incoming, outgoing).catch(() => {
      // What the gateway answers whatever went wrong behind it.
      if (!outgoing.headersSent) outgoing.writeHead(500, { 'content-type': 'application/json' });
      outgoing.end('{"message":"Internal Server Error"}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    authUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/ably-auth`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function pass(
  environment: Pick<ExecutionEnvironment, 'invoke'>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  const rawQuery = (incoming.url ?? '').split('?').slice(1).join('?');
  const request = { method: incoming.method ?? '', rawQuery, headers: headerLines(incoming), ...(body && { body }) };
  const result = await environment.invoke(driveV2(httpApi, request, false));
  if (!result.ok) throw new Error(result.error.errorMessage);
  const answer = readV2(result.payload);
  for (const [name, value] of answer.headers) outgoing.setHeader(name, value);
  if (answer.setCookies.length > 0) outgoing.setHeader('set-cookie', answer.setCookies);
  outgoing.writeHead(answer.status, { 'apigw-requestid': httpApi.requestContext.requestId }).end(answer.body);
}

function headerLines({ rawHeaders }: IncomingMessage): NameValue[] {
  const lines: NameValue[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '']);
  return lines;
}
