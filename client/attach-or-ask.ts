/**
 * Attaches to a channel; when the token does not allow it (40160), asks the endpoint for that channel and attaches
 * again, once. Connecting again with the token in hand would change nothing.
 */
import type { ChannelStateChange, RealtimeChannel } from 'ably';
import type { Granted } from './asking.ts';

export async function attachOrAsk(
  channel: Pick<RealtimeChannel, 'name' | 'attach'>,
  ask: (resources: readonly string[]) => Promise<Granted>,
): Promise<ChannelStateChange | null> {
  try {
    return await channel.attach();
  } catch (error) {
    if ((error as { readonly code?: unknown } | null)?.code !== 40160) throw error;
    const { refused } = await ask([resourceOf(channel.name)]);
    if (refused.length > 0) throw error;
    return channel.attach();
  }
}

/** `[?rewind=1]room:7` and `[filter=…]room:7` are ways of looking at room:7; `[meta]log` is another channel. */
export function resourceOf(channelName: string): string {
  return channelName.replace(/^\[(?:\?|filter=)[^\]]*\]/, '');
}
