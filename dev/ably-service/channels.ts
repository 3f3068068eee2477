/**
 * The channels: what was published on each, in order, and who listens. Keeps a bounded history for REST and for clients
 * that come back; knows nothing of rights, which were checked before anything reaches it.
 */

import { randomBytes } from 'node:crypto';
import { createPresenceSet, type PresenceEvent, type PresenceSet } from './presence.ts';

/** Published batches kept per channel; older ones are forgotten, and a client that needs them is not resumed. */
const MAX_KEPT_BATCHES = 1_000;

/** A message as it travels; `data` is bytes only when a client published it as such over msgpack. */
export interface StoredMessage {
  readonly id: string;
  readonly serial: string;
  readonly timestamp: number;
  readonly action: number;
  readonly name?: unknown;
  readonly data?: unknown;
  readonly encoding?: unknown;
  readonly extras?: unknown;
  readonly clientId?: string;
  readonly connectionId?: string;
}

/** What one publish call put on the channel. */
export interface Batch {
  readonly channelSerial: string;
  readonly connectionId: string | undefined;
  readonly messages: readonly StoredMessage[];
}

export type MessageDraft = Omit<StoredMessage, 'serial' | 'timestamp' | 'action'>;

export interface ChannelListener {
  onBatch(batch: Batch): void;
  onPresence(event: PresenceEvent): void;
}

export interface Channel {
  readonly name: string;
  readonly presence: PresenceSet;
  /** Returns the serials. A batch whose first message id was seen before is not published again (RSL1k). */
  publish(connectionId: string | undefined, drafts: readonly MessageDraft[]): readonly string[];
  /** Oldest first. */
  messages(): readonly StoredMessage[];
  currentSerial(): string;
  /** Batches after the serial, or undefined when the serial is not ours or too old: continuity is lost. */
  since(channelSerial: string): readonly Batch[] | undefined;
  /** Returns the function that stops it. */
  listen(listener: ChannelListener): () => void;
}

export interface Channels {
  get(name: string): Channel;
}

export function createChannels(now: () => number): Channels {
  const channels = new Map<string, Channel>();
  return {
    get(name) {
      const channel = channels.get(name) ?? createChannel(name, now);
      channels.set(name, channel);
      return channel;
    },
  };
}

function createChannel(name: string, now: () => number): Channel {
  const epoch = randomBytes(6).toString('hex');
  const listeners = new Set<ChannelListener>();
  const batches: Batch[] = [];
  const serialsById = new Map<string, readonly string[]>();
  let published = 0;
  let forgotten = 0;

  const serialOf = (count: number): string => `${epoch}-${String(count).padStart(10, '0')}`;

  return {
    name,
    presence: createPresenceSet(now, (event) => {
      for (const listener of [...listeners]) listener.onPresence(event);
    }),
    publish(connectionId, drafts) {
      const firstId = drafts[0]?.id;
      const already = firstId === undefined ? undefined : serialsById.get(firstId);
      if (already !== undefined) return already;

      published += 1;
      const channelSerial = serialOf(published);
      const timestamp = now();
      const messages = drafts.map((draft, index) => {
        return { ...draft, serial: `${channelSerial}:${index}`, timestamp, action: 0 };
      });
      const batch = { channelSerial, connectionId, messages };
      batches.push(batch);
      const serials = messages.map((message) => message.serial);
      if (firstId !== undefined) serialsById.set(firstId, serials);
      if (batches.length > MAX_KEPT_BATCHES) {
        serialsById.delete(batches.shift()?.messages[0]?.id ?? '');
        forgotten += 1;
      }
      for (const listener of [...listeners]) listener.onBatch(batch);
      return serials;
    },
    messages: () => batches.flatMap((batch) => batch.messages),
    currentSerial: () => serialOf(published),
    since(channelSerial) {
      const [ofEpoch, count] = channelSerial.split('-', 2);
      const seen = Number(count);
      if (ofEpoch !== epoch || !Number.isInteger(seen) || seen < forgotten || seen > published) return undefined;
      return batches.slice(seen - forgotten);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
