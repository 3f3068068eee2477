/**
 * What the suites of the local Ably service share: signing by hand, HTTP by hand, SDK clients that are closed after each
 * test. Signs with node:crypto and imports nothing from `core/`, so that a mistake there cannot hide here.
 */

import { createHmac, randomUUID } from 'node:crypto';
import * as Ably from 'ably';
import { onTestFinished } from 'vitest';
import { type AblyService, type AblyServiceOptions, startAblyService } from '../../dev/ably-service/ably-service.ts';

export const KEY_NAME = 'appid.keyid';
export const KEY_SECRET = 'secretsecretsecret';
export const API_KEY = `${KEY_NAME}:${KEY_SECRET}`;

/** A service for one test, closed after it. */
export async function startService(options: Partial<AblyServiceOptions> = {}): Promise<AblyService> {
  const service = await startAblyService({ keys: [{ name: KEY_NAME, secret: KEY_SECRET }], ...options });
  onTestFinished(() => service.close());
  return service;
}

export interface TokenRequestFields {
  readonly keyName: string;
  readonly ttl?: number | string | null;
  readonly capability?: string | null;
  readonly clientId?: string | null;
  readonly timestamp: number | string;
  readonly nonce: string;
}

/** Signs what is given and adds nothing: absent and null fields are signed as empty. */
export function signTokenRequest(fields: TokenRequestFields, secret: string = KEY_SECRET) {
  const { keyName, ttl, capability, clientId, timestamp, nonce } = fields;
  const text = `${keyName}\n${ttl ?? ''}\n${capability ?? ''}\n${clientId ?? ''}\n${timestamp}\n${nonce}\n`;
  return { ...fields, mac: createHmac('sha256', secret).update(text, 'utf8').digest('base64') };
}

export function tokenRequest(fields: Partial<TokenRequestFields> = {}, secret: string = KEY_SECRET) {
  return signTokenRequest({ keyName: KEY_NAME, timestamp: Date.now(), nonce: randomUUID(), ...fields }, secret);
}

export function signJwt(
  claims: Readonly<Record<string, unknown>>,
  { secret = KEY_SECRET, header = {} }: { secret?: string; header?: Readonly<Record<string, unknown>> } = {},
): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'HS256', typ: 'JWT', kid: KEY_NAME, ...header })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the assertions are what checks the shape of an answer.
  readonly body: any;
}

export async function call(baseUrl: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${baseUrl}${path}`, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

export function post(baseUrl: string, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const init = {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  };
  return call(baseUrl, path, init);
}

export function redeem(
  baseUrl: string,
  request: Readonly<Record<string, unknown>> & { readonly keyName: string },
): Promise<Answer> {
  return post(baseUrl, `/keys/${request.keyName}/requestToken`, request);
}

export const basic = (apiKey: string = API_KEY) => ({ authorization: `Basic ${btoa(apiKey)}` });
export const bearer = (token: string) => ({ authorization: `Bearer ${btoa(token)}` });

/** An SDK client of the service, closed after the test. Silent: refusals are what the tests are about. */
export function connect(service: AblyService, options: Ably.ClientOptions = {}): Ably.Realtime {
  const client = new Ably.Realtime({ ...service.clientOptions, logLevel: 0, ...options });
  onTestFinished(() => client.close());
  return client;
}

export function restClient(service: AblyService, options: Ably.ClientOptions = {}): Ably.Rest {
  return new Ably.Rest({ ...service.clientOptions, logLevel: 0, ...options });
}

/** An authCallback that signs a TokenRequest for whatever `params` says at that moment, and counts. */
export function signer(params: () => Partial<TokenRequestFields>) {
  const state = { calls: 0 };
  const authCallback: NonNullable<Ably.ClientOptions['authCallback']> = (_wishes, callback) => {
    state.calls += 1;
    callback(null, tokenRequest(params()) as Ably.TokenRequest);
  };
  return { authCallback, state };
}

/** The states that follow, an `update` among them for each answer to a re-authorisation. */
export function recordStates(client: Ably.Realtime): string[] {
  const states: string[] = [];
  client.connection.on(({ previous, current }: Ably.ConnectionStateChange) => {
    states.push(previous === current ? 'update' : current);
  });
  return states;
}

export function nextState(client: Ably.Realtime, state: Ably.ConnectionState): Promise<Ably.ConnectionStateChange> {
  return new Promise((resolve) => client.connection.once(state, resolve));
}

export function nextChannelState(
  channel: Ably.RealtimeChannel,
  state: Ably.ChannelState,
): Promise<Ably.ChannelStateChange> {
  return new Promise((resolve) => channel.once(state, resolve));
}

/** Of an attached channel: one that still has to attach would miss what is published meanwhile. */
export function nextMessage(channel: Ably.RealtimeChannel): Promise<Ably.InboundMessage> {
  return new Promise((resolve) => {
    void channel.subscribe((message) => {
      channel.unsubscribe();
      resolve(message);
    });
  });
}
