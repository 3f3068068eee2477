/**
 * One realtime connection: what a client is told when it connects, and where each of its frames goes. Rights on channels
 * are decided in attachments.ts and publishing.ts, the end of its token in lifetime.ts.
 *
 * A client that comes back gets a new connection id, also when it asks to resume; its channels go on from their last
 * channelSerial, so it misses nothing that is still kept.
 */

import { randomBytes } from 'node:crypto';
import type { Access, Client } from '../access.ts';
import { createPublishRates } from '../channel-claims.ts';
import type { Channels } from '../channels.ts';
import type { Credential } from '../credential.ts';
import { type Credentials, resolveClientId } from '../credentials.ts';
import { MAX_MESSAGE_BYTES } from '../drafts.ts';
import { type AblyError, asAblyError, badField, incompatible, isTokenError } from '../errors.ts';
import type { KeyRing } from '../keys.ts';
import type { Revocations } from '../revocations.ts';
import { asRecord, asText } from '../wire.ts';
import { createAttachments } from './attachments.ts';
import { watchLifetime } from './lifetime.ts';
import { ACTION, type IncomingFrame, type OutgoingFrame } from './protocol.ts';
import { handleMessage, handlePresence } from './publishing.ts';

/** Longest silence that clients are promised (CD2h); a heartbeat goes out as often. */
export const MAX_IDLE_INTERVAL_MS = 15_000;

export interface ConnectionParts {
  readonly credentials: Credentials;
  readonly channels: Channels;
  readonly access: Access;
  readonly keys: KeyRing;
  readonly revocations: Revocations;
  readonly now: () => number;
  readonly renewalLeadMs: number;
}

/** The socket's side, so that nothing here knows about WebSockets or formats. */
export interface Transport {
  send(frame: OutgoingFrame): void;
  /** Sends no more and closes. Followed by `Connection.lost`. */
  close(): void;
}

export interface Connection extends Client {
  readonly id: string;
  /** False when the client asked not to get back what it publishes (`echo=false`). */
  readonly echo: boolean;
  /** False from the frame that ends it, which is before its socket is gone. */
  readonly live: boolean;
  readonly channelNames: readonly string[];
  /** How often the client was asked to fetch another token. */
  readonly renewalPrompts: number;
  receive(frame: IncomingFrame): void;
  /** The socket is gone. */
  lost(): void;
}

/** Throws the error that refuses the connection. */
export function openConnection(
  parts: ConnectionParts,
  transport: Transport,
  credential: Credential,
  params: { readonly assertedClientId: string | undefined; readonly echo: boolean },
): Connection {
  const { assertedClientId, echo } = params;
  const id = randomBytes(8).toString('base64url');
  const state = { credential, clientId: resolveClientId(credential, assertedClientId), ended: false, prompts: 0 };
  const connectionKey = `${id}!${randomBytes(12).toString('base64url')}`;
  const connection: Connection = {
    id,
    echo,
    get credential() {
      return state.credential;
    },
    get clientId() {
      return state.clientId;
    },
    get live() {
      return !state.ended;
    },
    get channelNames() {
      return attachments.names();
    },
    get renewalPrompts() {
      return state.prompts;
    },
    receive(frame) {
      try {
        receive(frame);
      } catch (error) {
        endWith(asAblyError(error));
      }
    },
    lost: () => lost(),
  };

  const end = (frame: OutgoingFrame): void => {
    if (state.ended) return;
    transport.send(frame);
    transport.close();
    lost();
  };
  /** DISCONNECTED makes SDKs fetch a token and come back, ERROR ends their connection for good (RTN15h, RTN15i). */
  const endWith = (error: AblyError): void => {
    end({ action: isTokenError(error) ? ACTION.DISCONNECTED : ACTION.ERROR, error: error.toErrorInfo() });
  };
  const attachments = createAttachments(connection, parts, transport.send);
  const rates = createPublishRates(parts.now);
  const lifetime = watchLifetime({
    ...parts,
    credential: () => state.credential,
    prompt: () => {
      state.prompts += 1;
      transport.send({ action: ACTION.AUTH });
    },
    expire: endWith,
  });
  const lost = (): void => {
    if (state.ended) return;
    state.ended = true;
    lifetime.stop();
    attachments.releaseAll();
  };

  const sendConnected = (): void => {
    transport.send({
      action: ACTION.CONNECTED,
      connectionId: id,
      connectionDetails: {
        ...(state.clientId === undefined ? {} : { clientId: state.clientId }),
        connectionKey,
        connectionStateTtl: 120_000,
        maxIdleInterval: MAX_IDLE_INTERVAL_MS,
        maxMessageSize: MAX_MESSAGE_BYTES,
        serverId: 'local-ably-service',
      },
    });
  };

  const reauthorise = (frame: IncomingFrame): void => {
    const token = asText(asRecord(frame.auth)?.accessToken);
    if (token === undefined) throw badField('AUTH carries no accessToken');
    const next = parts.credentials.fromToken(token);
    // [gap] A public page speaks of the same key, the registry of the same app only; keys are rotated under live
    // connections, so another key of the app is accepted.
    if (next.key.appId !== state.credential.key.appId) throw incompatible('the token is of another application');
    // An identity cannot be changed, taken on or given up while connected: Ably's own laravel-echo tests show it for a
    // guest who logs in and for a user who logs out.
    const nextClientId = resolveClientId(next, assertedClientId);
    if (nextClientId !== state.clientId) throw incompatible('mismatched clientId for existing connection');
    state.credential = next;
    sendConnected();
    attachments.reviewAll();
    lifetime.rearm();
  };

  const receive = (frame: IncomingFrame): void => {
    if (state.ended) return;
    switch (frame.action) {
      case ACTION.HEARTBEAT:
        transport.send({ action: ACTION.HEARTBEAT, id: asText(frame.id) });
        break;
      case ACTION.ATTACH:
        attachments.attach(frame);
        break;
      case ACTION.DETACH:
        attachments.detach(frame);
        break;
      case ACTION.SYNC:
        attachments.sync(frame);
        break;
      case ACTION.MESSAGE:
        handleMessage(connection, parts, attachments, rates, transport.send, frame);
        break;
      case ACTION.PRESENCE:
        handlePresence(connection, parts, attachments, transport.send, frame);
        break;
      case ACTION.AUTH:
        reauthorise(frame);
        break;
      case ACTION.CLOSE:
        end({ action: ACTION.CLOSED });
        break;
      case ACTION.DISCONNECT:
        transport.close();
        lost();
        break;
      // Objects, annotations and what later protocol versions bring: ignored, as clients ignore ours (RSF1).
      default:
    }
  };

  sendConnected();
  lifetime.rearm();
  return connection;
}
