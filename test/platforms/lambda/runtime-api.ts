/**
 * The Lambda Runtime API, as the service offers it to one execution environment: one invocation at a time, the next one
 * handed out when the runtime asks for it.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a runtime reports when something threw. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly stackTrace?: readonly string[];
}

export type InvocationResult =
  | { readonly ok: true; readonly payload: unknown }
  | { readonly ok: false; readonly error: FunctionError };

interface Invocation {
  readonly id: string;
  readonly payload: string;
  readonly settle: (result: InvocationResult) => void;
}

const VERSION = '/2018-06-01/runtime';
const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:ably-auth';
/** As in serverless.yml. */
const TIMEOUT_MS = 10_000;

export class RuntimeApi {
  host = '';
  /** Called when the runtime has nothing to do and waits; the service freezes the environment then. */
  onIdle: () => void = () => {};
  /** Called before an invocation is handed to a runtime that waits. */
  onBusy: () => void = () => {};
  readonly initialized: Promise<void>;
  readonly initError: Promise<FunctionError>;
  #reportInitialized: () => void = () => {};
  #reportInitError: (error: FunctionError) => void = () => {};
  readonly #queue: Invocation[] = [];
  readonly #running = new Map<string, Invocation>();
  #waiting: ServerResponse | undefined;
  readonly #server = createServer((incoming, outgoing) => {
    this.#serve(incoming, outgoing).catch((error: unknown) => outgoing.destroy(error as Error));
  });

  constructor() {
    this.initialized = new Promise((resolve) => {
      this.#reportInitialized = resolve;
    });
    this.initError = new Promise((resolve) => {
      this.#reportInitError = resolve;
    });
    // A runtime waits for its next invocation as long as it takes.
    this.#server.requestTimeout = 0;
    this.#server.keepAliveTimeout = 0;
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.host = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Resolves with what the function returned or threw; rejects when it takes longer than a function may. */
  invoke(event: unknown): Promise<InvocationResult> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`Task timed out after ${TIMEOUT_MS / 1000} seconds`)),
        TIMEOUT_MS,
      );
      const settle = (result: InvocationResult): void => {
        clearTimeout(timer);
        resolve(result);
      };
      this.#queue.push({ id: randomUUID(), payload: JSON.stringify(event), settle });
      this.#handOut();
    });
  }

  #handOut(): void {
    if (this.#waiting === undefined) return;
    const invocation = this.#queue.shift();
    if (invocation === undefined) {
      this.onIdle();
      return;
    }
    const outgoing = this.#waiting;
    this.#waiting = undefined;
    this.#running.set(invocation.id, invocation);
    this.onBusy();
    outgoing.writeHead(200, {
      'Content-Type': 'application/json',
      'Lambda-Runtime-Aws-Request-Id': invocation.id,
      'Lambda-Runtime-Deadline-Ms': String(Date.now() + TIMEOUT_MS),
      'Lambda-Runtime-Invoked-Function-Arn': FUNCTION_ARN,
      'Lambda-Runtime-Trace-Id': 'Root=1-67423c1f-0a1b2c3d4e5f60718293a4b5;Parent=0a1b2c3d4e5f6071;Sampled=0',
    });
    outgoing.end(invocation.payload);
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const target = `${incoming.method} ${incoming.url}`;
    if (target === `GET ${VERSION}/invocation/next`) {
      this.#reportInitialized();
      this.#waiting = outgoing;
      return this.#handOut();
    }
    if (target === `POST ${VERSION}/init/error`) {
      this.#reportInitError(JSON.parse(body) as FunctionError);
      return accept(outgoing);
    }
    const [, id = '', outcome] = new RegExp(`^POST ${VERSION}/invocation/([^/]+)/(response|error)$`).exec(target) ?? [];
    const invocation = this.#running.get(id);
    if (invocation === undefined) return refuse(outgoing, outcome === undefined ? 404 : 400);
    this.#running.delete(id);
    const value: unknown = JSON.parse(body);
    invocation.settle(
      outcome === 'response' ? { ok: true, payload: value } : { ok: false, error: value as FunctionError },
    );
    accept(outgoing);
  }
}

function accept(outgoing: ServerResponse): void {
  outgoing.writeHead(202, { 'Content-Type': 'application/json' }).end('{"status":"OK"}');
}

function refuse(outgoing: ServerResponse, status: number): void {
  outgoing.writeHead(status, { 'Content-Type': 'application/json' });
  outgoing.end('{"errorType":"InvalidRequest","errorMessage":"no such invocation"}');
}
