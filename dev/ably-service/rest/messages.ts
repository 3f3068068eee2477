/**
 * Publishing to a channel, reading its history and its presence set over REST. Rights come from access.ts.
 */

import { randomBytes } from 'node:crypto';
import type { Access, Client } from '../access.ts';
import type { Channels, StoredMessage } from '../channels.ts';
import { readDrafts } from '../drafts.ts';
import { badRequest } from '../errors.ts';
import { PRESENCE_ACTION } from '../presence.ts';
import { asRecord, asText } from '../wire.ts';
import type { RestRequest, RestResponse } from './http.ts';

/** RSL2b3. */
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

export function publishMessages(
  channels: Channels,
  access: Access,
  client: Client,
  name: string,
  body: unknown,
): RestResponse {
  const messages = Array.isArray(body) ? body : [body];
  const named = asText(asRecord(messages[0])?.clientId);
  access.check(client, name, 'publish', named);
  const drafts = readDrafts(client, name, messages, randomBytes(9).toString('base64url'));
  const serials = channels.get(name).publish(undefined, drafts);
  return { status: 201, body: { channel: name, messageId: drafts[0]?.id, serials } };
}

export function readHistory(
  channels: Channels,
  access: Access,
  client: Client,
  name: string,
  request: RestRequest,
): RestResponse {
  access.check(client, name, 'history');
  const limit = readNumber(request, 'limit') ?? DEFAULT_LIMIT;
  if (limit < 1 || limit > MAX_LIMIT) throw badRequest(`limit must be from 1 to ${MAX_LIMIT}`);
  const found = selectMessages(channels.get(name).messages(), request);
  const skipped = readNumber(request, 'skip') ?? 0;
  const page = found.slice(skipped, skipped + limit);
  const link = (relation: string, skip: number): string => {
    const params = new URLSearchParams(request.query);
    params.delete('envelope');
    params.set('skip', String(skip));
    return `<./messages?${params}>; rel="${relation}"`;
  };
  const links = [link('first', 0)];
  if (found.length > skipped + limit) links.push(link('next', skipped + limit));
  return { status: 200, body: page, headers: { Link: links.join(',') } };
}

/** Newest first unless `direction=forwards`; `from_serial` is what untilAttach sends: nothing after the attachment. */
function selectMessages(messages: readonly StoredMessage[], request: RestRequest): StoredMessage[] {
  const startMs = readNumber(request, 'start') ?? 0;
  const endMs = readNumber(request, 'end') ?? Number.POSITIVE_INFINITY;
  const fromSerial = request.query.get('from_serial') ?? request.query.get('fromSerial');
  const found = messages.filter(({ timestamp, serial }) => {
    if (timestamp < startMs || timestamp > endMs) return false;
    return fromSerial === null || (serial.split(':', 1)[0] ?? '') <= fromSerial;
  });
  return request.query.get('direction') === 'forwards' ? found : found.reverse();
}

function readNumber(request: RestRequest, name: string): number | undefined {
  const value = request.query.get(name);
  if (value === null || value === '') return undefined;
  if (!/^\d+$/.test(value)) throw badRequest(`${name} must be a non-negative integer`);
  return Number(value);
}

export function readPresence(channels: Channels, access: Access, client: Client, name: string): RestResponse {
  access.check(client, name, 'subscribe');
  const members = channels.get(name).presence.members();
  return { status: 200, body: members.map((member) => ({ ...member, action: PRESENCE_ACTION.PRESENT })) };
}
