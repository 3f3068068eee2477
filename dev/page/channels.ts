/**
 * What the page does on channels: listen on one, speak on it, and try doors that may be closed.
 *
 * Every answer is Ably's. Nothing is judged beforehand, because a demo that stopped itself would prove nothing.
 */
import type { ChannelStateChange, InboundMessage, Realtime, RealtimeChannel } from 'ably';
import type { AblyAuth } from '../../client/index.ts';
import { refusalOf } from './explain.ts';
import type { Refusal } from './wire.ts';

export interface ReceivedMessage {
  readonly channel: string;
  /** Who sent it, as vouched for by the sender's token; absent for an anonymous sender. */
  readonly clientId: string | undefined;
  readonly text: string;
  readonly atMs: number;
}

export interface ListenerEvents {
  onMessage(message: ReceivedMessage): void;
  /** The channel is attached, or was refused, or was taken away by a token with fewer rights. */
  onChannel(channel: string, refusal: Refusal | undefined): void;
}

export interface Listener {
  /** The channel listened on, if any. */
  current(): string | undefined;
  /** Leaves the channel before and attaches to this one. Never throws: a refusal is an event. */
  listen(name: string): Promise<void>;
  /** @throws ErrorInfo when Ably refuses the message. */
  publish(text: string): Promise<void>;
}

export function createListener(client: Realtime, events: ListenerEvents): Listener {
  let channel: RealtimeChannel | undefined;

  function report(change: ChannelStateChange): void {
    if (!channel || (change.current !== 'attached' && change.current !== 'failed')) return;
    events.onChannel(channel.name, change.current === 'failed' ? refusalOf(change.reason) : undefined);
  }

  async function leave(old: RealtimeChannel): Promise<void> {
    old.unsubscribe();
    old.off(report);
    if (old.state !== 'failed') await old.detach();
    client.channels.release(old.name);
  }

  return {
    current: () => channel?.name,
    async listen(name) {
      if (channel?.name === name && channel.state === 'attached') return;
      const old = channel;
      channel = undefined;
      // A channel that cannot be left any more has no claim to be listened to.
      if (old) await leave(old).catch(() => undefined);
      const next = client.channels.get(name);
      channel = next;
      next.on(report);
      await next.subscribe((message) => events.onMessage(read(name, message))).catch(() => undefined);
    },
    async publish(text) {
      if (!channel) throw new Error('Choose a channel first.');
      await channel.publish('message', text);
    },
  };
}

export type DoorAction = 'attach' | 'publish';

/**
 * Tries one operation on one channel, and leaves the channel again. Nothing comes back when it was allowed, and then
 * a message that was tried has really been sent.
 */
export async function tryDoor(client: Realtime, action: DoorAction, name: string): Promise<Refusal | undefined> {
  const known = client.channels.all[name];
  const channel = known ?? client.channels.get(name);
  try {
    if (action === 'attach') await channel.attach();
    else await channel.publish('message', 'Is this door open?');
    return undefined;
  } catch (error) {
    return refusalOf(error);
  } finally {
    if (!known) await forget(client, channel);
  }
}

/** Releasing is refused while the SDK still waits for an answer; the channel then stays until the client goes. */
async function forget(client: Realtime, channel: RealtimeChannel): Promise<void> {
  try {
    if (channel.state === 'attached') await channel.detach();
    client.channels.release(channel.name);
  } catch {
    // Nothing depends on it.
  }
}

/** What happened at a room's door, in order: each attempt to attach, `attached` or Ably's refusal. */
export interface KnockedRoom {
  readonly attempts: readonly ('attached' | Refusal)[];
  /** Why it is closed in the end; absent when it is open. */
  readonly refusal: Refusal | undefined;
}

/**
 * Attaches; where the token does not allow it, the helper asks the endpoint and attaches again, once. An open room stays
 * attached. Never throws.
 */
export async function knockOnRoom(
  auth: AblyAuth,
  client: Realtime,
  name: string,
  onLost: (refusal: Refusal) => void,
): Promise<KnockedRoom> {
  const channel = client.channels.get(name);
  const attempts: ('attached' | Refusal)[] = [];
  const attach = async (): Promise<ChannelStateChange | null> => {
    try {
      const change = await channel.attach();
      attempts.push('attached');
      return change;
    } catch (error) {
      attempts.push(refusalOf(error));
      throw error;
    }
  };
  try {
    await auth.attachOrAsk({ name, attach });
    // A renewal may take it away again: then the channel fails and the connection stays.
    channel.once('failed', ({ reason }) => onLost(refusalOf(reason)));
    return { attempts, refusal: undefined };
  } catch (error) {
    return { attempts, refusal: refusalOf(error) };
  }
}

function read(channel: string, { data, clientId, timestamp }: InboundMessage): ReceivedMessage {
  const text = typeof data === 'string' ? data : (JSON.stringify(data) ?? '');
  return { channel, clientId, text, atMs: timestamp };
}
