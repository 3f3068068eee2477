/**
 * What a JWT says about single channels: the user claim that goes with each message, and how fast one connection may
 * publish. Of several that cover a channel the most specific wins: its name, the longest namespace, `*`.
 *
 * [conflict] Whether user claims go with presence: older pages say no, newer ones yes; here they do not. `ably.room.*` is
 * for Ably Chat, which this service does not speak: accepted, and not delivered.
 */

import { AblyError, badJwt } from './errors.ts';

const USER_CLAIM = 'ably.channel.';
const RATE = 'ably.limits.publish.perAttachment.maxRate.';

export interface ChannelClaims {
  /** Resource to claim. */
  readonly userClaims: ReadonlyMap<string, string>;
  /** Resource to messages a second. */
  readonly rates: ReadonlyMap<string, number>;
}

export const NO_CHANNEL_CLAIMS: ChannelClaims = { userClaims: new Map(), rates: new Map() };

/** Throws 40144 for claims of another type. */
export function readChannelClaims(claims: Readonly<Record<string, unknown>>): ChannelClaims {
  const userClaims = new Map<string, string>();
  const rates = new Map<string, number>();
  for (const [name, value] of Object.entries(claims)) {
    if (name.startsWith(USER_CLAIM) || name.startsWith('ably.room.')) {
      if (typeof value !== 'string') throw badJwt(`${name} must be a string`);
      if (name.startsWith(USER_CLAIM)) userClaims.set(name.slice(USER_CLAIM.length), value);
    } else if (name.startsWith(RATE)) {
      if (typeof value !== 'number' || !(value > 0)) throw badJwt(`${name} must be a number above 0`);
      rates.set(name.slice(RATE.length), value);
    }
  }
  return { userClaims, rates };
}

/** The value of the most specific resource that covers the channel. */
export function mostSpecific<T>(values: ReadonlyMap<string, T>, channelName: string): T | undefined {
  const exact = values.get(channelName);
  if (exact !== undefined) return exact;
  const segments = channelName.split(':');
  for (let kept = segments.length - 1; kept > 0; kept -= 1) {
    const found = values.get(`${segments.slice(0, kept).join(':')}:*`);
    if (found !== undefined) return found;
  }
  return values.get('*');
}

/** One per connection. [gap] How exactly Ably measures is not said: here messages are at least 1/rate apart. */
export function createPublishRates(now: () => number) {
  const earliestMs = new Map<string, number>();
  return {
    /** Throws 42910 when this comes too soon after the one before. */
    check({ rates }: ChannelClaims, channelName: string, messages: number): void {
      const rate = mostSpecific(rates, channelName);
      if (rate === undefined) return;
      const nowMs = now();
      const earliest = earliestMs.get(channelName) ?? nowMs;
      if (nowMs < earliest) throw new AblyError(42910, 429, 'the rate of this attachment is exceeded');
      earliestMs.set(channelName, nowMs + (messages * 1000) / rate);
    },
  };
}
