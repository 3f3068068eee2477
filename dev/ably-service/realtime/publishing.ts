/**
 * Messages and presence that a connection sends: checked against its rights, its modes and its identity, then put on the
 * channel and acknowledged, or refused with a NACK that leaves connection and channel as they are.
 */

import { type Access, type Client, operationClientId } from '../access.ts';
import type { createPublishRates } from '../channel-claims.ts';
import type { Channels } from '../channels.ts';
import { readDrafts } from '../drafts.ts';
import { AblyError, asAblyError, badClientId, badRequest, modeMissing } from '../errors.ts';
import { PRESENCE_ACTION, type PresenceDraft } from '../presence.ts';
import { asRecord, asText } from '../wire.ts';
import type { Attachments } from './attachments.ts';
import { ACTION, FLAG, type IncomingFrame, type OutgoingFrame } from './protocol.ts';

interface Publisher extends Client {
  readonly id: string;
}

interface Parts {
  readonly channels: Channels;
  readonly access: Access;
}

type PublishRates = ReturnType<typeof createPublishRates>;
type Send = (frame: OutgoingFrame) => void;

export function handleMessage(
  client: Publisher,
  { channels, access }: Parts,
  attachments: Attachments,
  rates: PublishRates,
  send: Send,
  frame: IncomingFrame,
): void {
  acknowledge(send, frame, (channelName, msgSerial) => {
    const first = Array.isArray(frame.messages) ? asRecord(frame.messages[0]) : undefined;
    access.check(client, channelName, 'publish', asText(first?.clientId));
    // Publishing needs no attachment; an attachment that asked for other modes forbids it.
    const modes = attachments.modes(channelName);
    if (modes !== undefined && (modes & FLAG.PUBLISH) === 0)
      throw modeMissing('the channel is attached without publish');
    const drafts = readDrafts(client, channelName, frame.messages, `${client.id}:${msgSerial}`, client.id);
    rates.check(client.credential.channelClaims, channelName, drafts.length);
    return channels.get(channelName).publish(client.id, drafts);
  });
}

export function handlePresence(
  client: Publisher,
  { channels, access }: Parts,
  attachments: Attachments,
  send: Send,
  frame: IncomingFrame,
): void {
  acknowledge(send, frame, (channelName, msgSerial) => {
    if (!Array.isArray(frame.presence) || frame.presence.length === 0) throw badRequest('no presence members');
    const events = frame.presence.map((entry, index) => readEvent(client, entry, `${client.id}:${msgSerial}:${index}`));
    access.check(client, channelName, 'presence', events[0]?.draft.clientId);
    const modes = attachments.modes(channelName);
    if (modes === undefined) throw new AblyError(91001, 400, 'unable to change presence: the channel is not attached');
    if ((modes & FLAG.PRESENCE) === 0) throw modeMissing('the channel is attached without presence');
    for (const { action, draft } of events) channels.get(channelName).presence.apply(action, draft);
    return undefined;
  });
}

function readEvent(client: Publisher, entry: unknown, id: string): { action: number; draft: PresenceDraft } {
  const fields = asRecord(entry);
  const action = fields?.action;
  if (action !== PRESENCE_ACTION.ENTER && action !== PRESENCE_ACTION.UPDATE && action !== PRESENCE_ACTION.LEAVE) {
    throw badRequest('unknown presence action');
  }
  const clientId = operationClientId(client, asText(fields?.clientId));
  if (clientId === undefined) throw badClientId('presence needs a clientId');
  const payload = fields?.data === undefined ? {} : { data: fields.data, encoding: fields.encoding };
  return { action, draft: { id, connectionId: client.id, clientId, ...payload } };
}

/** `operation` returns the serials of what it published, if any. */
function acknowledge(
  send: Send,
  frame: IncomingFrame,
  operation: (channelName: string, msgSerial: number) => readonly string[] | undefined,
): void {
  const msgSerial = typeof frame.msgSerial === 'number' ? frame.msgSerial : 0;
  try {
    const serials = operation(asText(frame.channel) ?? '', msgSerial);
    send({ action: ACTION.ACK, msgSerial, count: 1, ...(serials === undefined ? {} : { res: [{ serials }] }) });
  } catch (error) {
    send({ action: ACTION.NACK, msgSerial, count: 1, error: asAblyError(error).toErrorInfo() });
  }
}
