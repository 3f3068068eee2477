/**
 * The channels that one connection is attached to: which modes are granted, what is delivered, and what happens to an
 * attachment when the rights of the connection change (RTC8a1).
 */

import type { Access, Client } from '../access.ts';
import { permits } from '../capability.ts';
import type { Batch, Channel, Channels } from '../channels.ts';
import { asAblyError, notPermitted } from '../errors.ts';
import { PRESENCE_ACTION, type PresenceEvent } from '../presence.ts';
import { asText } from '../wire.ts';
import { ACTION, ANY_MODE, FLAG, type IncomingFrame, MODE_OPERATIONS, type OutgoingFrame } from './protocol.ts';

export interface Attachments {
  attach(frame: IncomingFrame): void;
  detach(frame: IncomingFrame): void;
  /** The client asks for the presence set again. */
  sync(frame: IncomingFrame): void;
  /** Granted mode flags, or undefined when not attached. */
  modes(channelName: string): number | undefined;
  names(): readonly string[];
  /** The rights of the connection have changed: narrow, widen or fail each attachment. */
  reviewAll(): void;
  releaseAll(): void;
}

interface Attachment {
  readonly channel: Channel;
  /** What the client asked for; 0 for everything it may have. */
  readonly requestedModes: number;
  modes: number;
  readonly stopListening: () => void;
}

interface Attacher extends Client {
  readonly id: string;
  readonly echo: boolean;
}

export function createAttachments(
  client: Attacher,
  { channels, access, now }: { readonly channels: Channels; readonly access: Access; readonly now: () => number },
  send: (frame: OutgoingFrame) => void,
): Attachments {
  const attached = new Map<string, Attachment>();

  const sendBatch = (channel: Channel, batch: Batch): void => {
    send({
      action: ACTION.MESSAGE,
      channel: channel.name,
      channelSerial: batch.channelSerial,
      connectionId: batch.connectionId,
      messages: batch.messages,
    });
  };
  const sendPresence = (channel: Channel, { action, member }: PresenceEvent): void => {
    send({
      action: ACTION.PRESENCE,
      channel: channel.name,
      connectionId: member.connectionId,
      timestamp: member.timestamp,
      presence: [{ ...member, action }],
    });
  };
  const sendSync = ({ channel, modes }: Attachment): void => {
    const members = channel.presence.members();
    if ((modes & FLAG.PRESENCE_SUBSCRIBE) === 0 || members.length === 0) return;
    // An empty cursor after the colon: the set is complete with this one frame (RTP18).
    const channelSerial = `${now()}:`;
    const presence = members.map((member) => ({ ...member, action: PRESENCE_ACTION.PRESENT }));
    send({ action: ACTION.SYNC, channel: channel.name, channelSerial, presence });
  };
  const sendAttached = (attachment: Attachment, flags: number): void => {
    const { channel, modes } = attachment;
    const showsPresence = (modes & FLAG.PRESENCE_SUBSCRIBE) !== 0 && channel.presence.members().length > 0;
    send({
      action: ACTION.ATTACHED,
      channel: channel.name,
      channelSerial: channel.currentSerial(),
      flags: modes | flags | (showsPresence ? FLAG.HAS_PRESENCE : 0),
    });
    sendSync(attachment);
  };

  const grantedModes = (channelName: string, requestedModes: number): number => {
    let modes = 0;
    for (const [mode, operation] of MODE_OPERATIONS) {
      if (requestedModes !== 0 && (requestedModes & mode) === 0) continue;
      if (permits(client.credential.capability, channelName, operation)) modes |= mode;
    }
    // [gap] Modes beyond the rights are left out silently; with none left the channel is refused.
    if (modes === 0) throw notPermitted('channel denied access based on given capability');
    return modes;
  };
  const release = (attachment: Attachment): void => {
    attached.delete(attachment.channel.name);
    attachment.stopListening();
    attachment.channel.presence.leaveAll(client.id);
  };
  const refuse = (channelName: string, error: unknown): void => {
    send({ action: ACTION.ERROR, channel: channelName, error: asAblyError(error).toErrorInfo() });
  };

  const attach = (channelName: string, frame: IncomingFrame): void => {
    access.checkChannel(client, channelName);
    const requestedModes = typeof frame.flags === 'number' ? frame.flags & ANY_MODE : 0;
    const modes = grantedModes(channelName, requestedModes);
    attached.get(channelName)?.stopListening();
    const channel = channels.get(channelName);
    const stopListening = channel.listen({
      onBatch(batch) {
        if ((attachment.modes & FLAG.SUBSCRIBE) === 0) return;
        if (client.echo || batch.connectionId !== client.id) sendBatch(channel, batch);
      },
      onPresence(event) {
        if ((attachment.modes & FLAG.PRESENCE_SUBSCRIBE) !== 0) sendPresence(channel, event);
      },
    });
    const attachment: Attachment = { channel, requestedModes, modes, stopListening };
    attached.set(channelName, attachment);

    const missed = channel.since(asText(frame.channelSerial) ?? '');
    const backlog = (modes & FLAG.SUBSCRIBE) === 0 ? [] : (missed ?? []);
    sendAttached(attachment, (missed ? FLAG.RESUMED : 0) | (backlog.length > 0 ? FLAG.HAS_BACKLOG : 0));
    for (const batch of backlog) sendBatch(channel, batch);
  };

  const review = (attachment: Attachment): void => {
    const { channel, requestedModes } = attachment;
    try {
      const modes = grantedModes(channel.name, requestedModes);
      if (modes === attachment.modes) return;
      // [gap] Ably documents what happens to a channel that loses all rights. One that loses some stays attached here
      // and is told its modes; what they no longer cover is refused when it is tried.
      if ((modes & FLAG.PRESENCE) === 0) channel.presence.leaveAll(client.id);
      attachment.modes = modes;
      sendAttached(attachment, FLAG.RESUMED);
    } catch (error) {
      release(attachment);
      refuse(channel.name, error);
    }
  };

  return {
    attach(frame) {
      const channelName = asText(frame.channel) ?? '';
      try {
        attach(channelName, frame);
      } catch (error) {
        const attachment = attached.get(channelName);
        if (attachment !== undefined) release(attachment);
        refuse(channelName, error);
      }
    },
    detach(frame) {
      const channelName = asText(frame.channel) ?? '';
      const attachment = attached.get(channelName);
      if (attachment !== undefined) release(attachment);
      send({ action: ACTION.DETACHED, channel: channelName });
    },
    sync(frame) {
      const attachment = attached.get(asText(frame.channel) ?? '');
      if (attachment !== undefined) sendSync(attachment);
    },
    modes: (channelName) => attached.get(channelName)?.modes,
    names: () => [...attached.keys()],
    reviewAll() {
      for (const attachment of [...attached.values()]) review(attachment);
    },
    releaseAll() {
      for (const attachment of [...attached.values()]) release(attachment);
    },
  };
}
