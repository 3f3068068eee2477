/**
 * A local Control API of Ably's, as far as it is about the keys of an app, over plain HTTP on this machine. Its keys are
 * those of a local Ably service: one that is made here works there, one that is revoked here ends what lives by it there.
 *
 * Written from Ably's OpenAPI file (ably/docs, static/open-specs/control-v1.yaml), and like the service from nothing of
 * `core/`. What that file leaves open, ids and the text of errors, is chosen here ([gap]).
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AblyService, AblyServiceKey } from '../ably-service/ably-service.ts';

export interface ControlApiOptions {
  readonly service: Pick<AblyService, 'addKey' | 'revokeKey'>;
  /** The keys that the service has at the start, with the labels that a dashboard would show. */
  readonly keys: readonly (AblyServiceKey & { readonly label: string })[];
  readonly accessToken: string;
  readonly host?: string;
  /** Default 0: the system chooses. */
  readonly port?: number;
  /** Milliseconds since the epoch. Default the system's clock. */
  readonly now?: () => number;
}

/** `key_response`, in its own words. */
export interface KeyResponse {
  readonly appId: string;
  readonly id: string;
  readonly name: string;
  readonly revocableTokens: boolean;
  /** 0 is enabled, 1 is revoked. */
  readonly status: 0 | 1;
  readonly key: string;
  readonly capability: Readonly<Record<string, readonly string[]>>;
  readonly created: number;
  readonly modified: number;
}

export interface LocalControlApi {
  /** With the version in it, as a client is configured. */
  readonly url: string;
  /** What was asked, `POST /apps/a/keys`, in order. */
  readonly calls: readonly string[];
  keys(): readonly KeyResponse[];
  close(): Promise<void>;
}

type Answer = readonly [status: number, body?: unknown];
type Json = Readonly<Record<string, unknown>>;

export async function startControlApi(options: ControlApiOptions): Promise<LocalControlApi> {
  const { service, accessToken, host = '127.0.0.1', port = 0, now = Date.now } = options;
  const keys = new Map<string, KeyResponse>();
  const calls: string[] = [];
  for (const { name, secret, label, capability = { '*': ['*'] }, revocableTokens = false } of options.keys) {
    const [appId = '', id = ''] = name.split('.', 2);
    const dates = { created: now(), modified: now() };
    keys.set(id, {
      appId,
      id,
      name: label,
      revocableTokens,
      status: 0,
      key: `${name}:${secret}`,
      capability,
      ...dates,
    });
  }

  const create = (appId: string, body: Json): Answer => {
    const problem = problemWith(body) ?? missing(body, ['name', 'capability']);
    if (problem !== undefined) return failure(422, problem);
    const id = randomBytes(4).toString('hex');
    const secret = randomBytes(24).toString('base64url');
    const fields = {
      capability: body.capability as KeyResponse['capability'],
      revocableTokens: body.revocableTokens === true,
    };
    service.addKey({ name: `${appId}.${id}`, secret, ...fields });
    const dates = { created: now(), modified: now() };
    const made: KeyResponse = {
      appId,
      id,
      name: String(body.name),
      status: 0,
      key: `${appId}.${id}:${secret}`,
      ...fields,
      ...dates,
    };
    keys.set(id, made);
    return [201, made];
  };

  const patch = (key: KeyResponse, body: Json): Answer => {
    const problem = problemWith(body);
    if (problem !== undefined) return failure(422, problem);
    // Capability and revocability change the keys of the service as well, which nobody here needs.
    if ('capability' in body || 'revocableTokens' in body) return failure(501, 'this local one changes names only');
    const changed: KeyResponse = { ...key, name: String(body.name ?? key.name), modified: now() };
    keys.set(key.id, changed);
    return [200, changed];
  };

  const revoke = (key: KeyResponse): Answer => {
    service.revokeKey(`${key.appId}.${key.id}`);
    // "This deletes the key": it is not listed any more.
    keys.delete(key.id);
    return [200];
  };

  const route = (method: string, path: readonly string[], body: Json): Answer => {
    const [version, apps, appId = '', collection, keyId, action, ...more] = path;
    const ofApp = [...keys.values()].filter((key) => key.appId === appId);
    const target = `${method} ${keyId === undefined ? 'keys' : (action ?? 'key')}`;
    if (version !== 'v1' || apps !== 'apps' || collection !== 'keys' || more.length > 0)
      return failure(404, 'no such path');
    if (!options.keys.some(({ name }) => name.startsWith(`${appId}.`))) return failure(404, 'no such app');
    if (target === 'GET keys') return [200, ofApp];
    if (target === 'POST keys') return create(appId, body);
    const key = ofApp.find(({ id }) => id === keyId);
    if (key === undefined) return failure(404, 'no such key');
    if (target === 'PATCH key') return patch(key, body);
    if (target === 'POST revoke') return revoke(key);
    return failure(404, 'no such path');
  };

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const path = (incoming.url ?? '/').split('/').slice(1).map(decodeURIComponent);
    calls.push(`${incoming.method} /${path.slice(1).join('/')}`);
    const body = await readJson(incoming);
    const isKnown = incoming.headers.authorization === `Bearer ${accessToken}`;
    const answer = !isKnown
      ? failure(401, 'authentication failed')
      : body === undefined
        ? failure(400, 'the body is not a JSON object')
        : route(incoming.method ?? 'GET', path, body);
    write(outgoing, answer);
  };

  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => write(outgoing, failure(500, 'internal error')));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/v1`,
    calls,
    keys: () => [...keys.values()],
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

/** `additionalProperties: false`, and each in its type. */
function problemWith(body: Json): string | undefined {
  const unknown = Object.keys(body).find((name) => !['name', 'revocableTokens', 'capability'].includes(name));
  if (unknown !== undefined) return `${unknown} is not known`;
  const { name, revocableTokens, capability } = body;
  if (name !== undefined && (typeof name !== 'string' || name === '')) return 'name is not a text';
  if (revocableTokens !== undefined && revocableTokens !== null && typeof revocableTokens !== 'boolean') {
    return 'revocableTokens is not a boolean';
  }
  if (capability === undefined) return undefined;
  const lists = typeof capability === 'object' && capability !== null ? Object.values(capability) : [undefined];
  return lists.every(Array.isArray) && lists.length > 0 ? undefined : 'capability is not an object of lists';
}

function missing(body: Json, names: readonly string[]): string | undefined {
  const absent = names.find((name) => !(name in body));
  return absent === undefined ? undefined : `${absent} is missing`;
}

function failure(status: number, message: string): Answer {
  return [status, { message, code: status, statusCode: status, href: 'https://help.ably.io/', details: null }];
}

async function readJson(incoming: IncomingMessage): Promise<Json | undefined> {
  let text = '';
  for await (const chunk of incoming.setEncoding('utf8')) text += chunk;
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

function write(outgoing: ServerResponse, [status, body]: Answer): void {
  outgoing.writeHead(status, { 'content-type': 'application/json' });
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
}
