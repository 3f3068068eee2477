/**
 * Lets the server say "your rights have changed": a message named `reauthorize` on a channel that only it publishes on.
 *
 * A message goes to everybody at once, so that each client waits for a moment of its own before it asks; messages
 * meanwhile are the same wish. A renewal that fails is nobody's error here: the token in hand serves until it expires,
 * and whoever must be out at once is revoked.
 */
import type { RealtimeChannel } from 'ably';
import { platform } from './platform.ts';

export const REAUTHORIZE = 'reauthorize';

/** @returns how to stop listening. @throws what `subscribe` throws, when the channel cannot be attached to. */
export async function reauthorizeOn(
  channel: Pick<RealtimeChannel, 'subscribe' | 'unsubscribe'>,
  withinMs: number,
  reauthorize: () => Promise<unknown>,
): Promise<() => void> {
  let timer: unknown;
  const listener = (): void => {
    timer ??= platform.setTimeout(() => {
      timer = undefined;
      reauthorize().catch(() => undefined);
    }, Math.random() * withinMs);
  };
  const stop = (): void => {
    channel.unsubscribe(REAUTHORIZE, listener);
    platform.clearTimeout(timer);
    timer = undefined;
  };
  try {
    await channel.subscribe(REAUTHORIZE, listener);
  } catch (error) {
    // The SDK listens all the same, and would hear it once the channel is attached by somebody else.
    stop();
    throw error;
  }
  return stop;
}
