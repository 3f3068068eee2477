/**
 * The AWS Parameters and Secrets Lambda extension as a function sees it: plain HTTP on the loopback interface, a token
 * header, and a cache of its own. It answers from a LocalAws in the same process.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LocalAws } from './local-aws.ts';

export const SESSION_TOKEN = 'local-session-token';

export type ExtensionMood = 'well' | 'not-ready' | 'hang' | 'hang-in-body' | 'chunked' | 'not-json' | 'old' | 'wordy';

export class LocalExtension {
  readonly calls: string[] = [];
  mood: ExtensionMood = 'well';
  port = 0;
  /** Calls that it passed on to AWS. */
  misses = 0;
  readonly #cache = new Map<string, string>();
  readonly #aws: LocalAws;
  readonly #server = createServer((incoming, outgoing) => this.#serve(incoming, outgoing));

  constructor(aws: LocalAws) {
    this.#aws = aws;
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(incoming: IncomingMessage, outgoing: ServerResponse): void {
    this.calls.push(incoming.url ?? '');
    if (this.mood === 'hang') return;
    const [status, body] = this.#answer(incoming);
    const text = this.mood === 'not-json' ? `<html>${body}` : body;
    // As a server in Go answers: small answers have a length, others come in chunks.
    outgoing.writeHead(status, this.mood === 'chunked' ? {} : { 'Content-Length': Buffer.byteLength(text) });
    if (this.mood === 'hang-in-body') outgoing.write(text.slice(0, 5));
    else outgoing.end(text);
  }

  #answer({ url = '/', headers }: IncomingMessage): [status: number, body: string] {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    if (this.mood === 'not-ready') {
      this.mood = 'well';
      return [400, 'not ready to serve traffic, please wait'];
    }
    if (this.mood === 'old' && searchParams.has('refreshNow')) return [400, 'unknown parameter'];
    if (headers['x-aws-parameters-secrets-token'] !== SESSION_TOKEN) return [403, 'Bad Token'];
    try {
      return [200, this.#read(pathname, searchParams)];
    } catch (error) {
      const type = (error as { type?: string }).type ?? 'UnknownError';
      // Releases differ in how they pass an AWS error on.
      if (this.mood === 'wordy') return [400, `operation error: api error ${type}: ${(error as Error).message}`];
      return [type === 'ResourceNotFoundException' ? 404 : 500, JSON.stringify({ __type: type })];
    }
  }

  #read(pathname: string, query: URLSearchParams): string {
    const cacheKey = `${pathname} ${[...query].filter(([name]) => name !== 'refreshNow')}`;
    const cached = this.#cache.get(cacheKey);
    if (cached !== undefined && query.get('refreshNow') !== 'true') return cached;
    this.misses += 1;
    const body = JSON.stringify(this.#fetch(pathname, query));
    this.#cache.set(cacheKey, body);
    return body;
  }

  #fetch(pathname: string, query: URLSearchParams): Record<string, unknown> {
    if (pathname === '/secretsmanager/get') {
      return this.#aws.getSecretValue(query.get('secretId'), query.get('versionStage') ?? undefined);
    }
    const version = query.get('version');
    const selector = version === null ? '' : `:${version}`;
    if (query.get('withDecryption') !== 'true') throw new Error('the value would be the ciphertext');
    return this.#aws.getParameter(`${query.get('name')}${selector}`);
  }
}
