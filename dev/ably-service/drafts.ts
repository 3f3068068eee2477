/**
 * Reads messages as clients send them, over REST or realtime, into drafts that a channel can store: size, identity and
 * id. Throws 40009 and 40012, and 40000 for shapes and message actions that this service does not know.
 */

import { type Client, operationClientId } from './access.ts';
import { mostSpecific } from './channel-claims.ts';
import type { MessageDraft } from './channels.ts';
import { AblyError, badRequest } from './errors.ts';
import { asRecord, asText } from './wire.ts';

/** What SDKs are told in connectionDetails; counts name, clientId, data and extras, as they do (TO3l8). */
export const MAX_MESSAGE_BYTES = 65_536;

const MESSAGE_CREATE = 0;

/** `idBase` names messages that have no id of their own: `idBase:index`. */
export function readDrafts(
  client: Client,
  channelName: string,
  messages: unknown,
  idBase: string,
  connectionId?: string,
): MessageDraft[] {
  if (!Array.isArray(messages) || messages.length === 0) throw badRequest('no messages');
  const userClaim = mostSpecific(client.credential.channelClaims.userClaims, channelName);
  const drafts = messages.map((message, index): MessageDraft => {
    const fields = asRecord(message);
    if (fields === undefined) throw badRequest('a message must be an object');
    if ((fields.action ?? MESSAGE_CREATE) !== MESSAGE_CREATE) {
      throw badRequest('updating, deleting and appending to messages is not supported by this service');
    }
    const clientId = operationClientId(client, asText(fields.clientId));
    return {
      id: asText(fields.id) ?? `${idBase}:${index}`,
      ...present('name', fields.name),
      ...present('data', fields.data),
      ...present('encoding', fields.encoding),
      ...present('extras', withUserClaim(fields.extras, userClaim)),
      ...(clientId === undefined ? {} : { clientId }),
      ...(connectionId === undefined ? {} : { connectionId }),
    };
  });
  const bytes = drafts.reduce((sum, draft) => sum + sizeOf(draft), 0);
  if (bytes > MAX_MESSAGE_BYTES) throw new AblyError(40009, 400, 'maximum message length exceeded');
  return drafts;
}

/** A client cannot write it itself: what it sends in its place is dropped. */
function withUserClaim(extras: unknown, userClaim: string | undefined): unknown {
  const { userClaim: _own, ...others } = asRecord(extras) ?? {};
  if (userClaim !== undefined) return { ...others, userClaim };
  return _own === undefined ? extras : others;
}

function present(name: string, value: unknown): Readonly<Record<string, unknown>> {
  return value === undefined || value === null ? {} : { [name]: value };
}

function sizeOf(draft: MessageDraft): number {
  const data = draft.data instanceof Uint8Array ? draft.data.byteLength : textBytes(draft.data);
  return data + textBytes(draft.name) + textBytes(draft.clientId) + textBytes(draft.extras);
}

function textBytes(value: unknown): number {
  if (value === undefined) return 0;
  return Buffer.byteLength(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
}
