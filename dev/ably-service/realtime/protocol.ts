/**
 * The frames of Ably's realtime protocol, as far as this service speaks it: action and flag numbers (TR2, TR3) and the
 * shape of a frame in each direction. Objects and annotations are not spoken, so their modes are never granted.
 */

import type { ErrorInfo } from '../errors.ts';

export const ACTION = {
  HEARTBEAT: 0,
  ACK: 1,
  NACK: 2,
  CONNECTED: 4,
  DISCONNECT: 5,
  DISCONNECTED: 6,
  CLOSE: 7,
  CLOSED: 8,
  ERROR: 9,
  ATTACH: 10,
  ATTACHED: 11,
  DETACH: 12,
  DETACHED: 13,
  PRESENCE: 14,
  MESSAGE: 15,
  SYNC: 16,
  AUTH: 17,
} as const;

export const FLAG = {
  HAS_PRESENCE: 1 << 0,
  HAS_BACKLOG: 1 << 1,
  RESUMED: 1 << 2,
  PRESENCE: 1 << 16,
  PUBLISH: 1 << 17,
  SUBSCRIBE: 1 << 18,
  PRESENCE_SUBSCRIBE: 1 << 19,
} as const;

/** All mode bits that a client may ask for, those of annotations and objects included. */
export const ANY_MODE = 0b11_0110_1111 << 16;

/** The modes of this service, each with the operation that grants it. */
export const MODE_OPERATIONS: readonly (readonly [mode: number, operation: string])[] = [
  [FLAG.PRESENCE, 'presence'],
  [FLAG.PUBLISH, 'publish'],
  [FLAG.SUBSCRIBE, 'subscribe'],
  [FLAG.PRESENCE_SUBSCRIBE, 'subscribe'],
];

export interface OutgoingFrame {
  readonly action: number;
  readonly id?: string | undefined;
  readonly channel?: string;
  readonly channelSerial?: string;
  readonly connectionId?: string | undefined;
  readonly connectionDetails?: Readonly<Record<string, unknown>>;
  readonly msgSerial?: number;
  readonly count?: number;
  readonly flags?: number;
  readonly timestamp?: number;
  readonly error?: ErrorInfo;
  readonly messages?: readonly unknown[];
  readonly presence?: readonly unknown[];
  readonly res?: readonly { readonly serials: readonly string[] }[];
}

/** As a client sent it: every field may be anything. */
export type IncomingFrame = Readonly<Record<string, unknown>>;
