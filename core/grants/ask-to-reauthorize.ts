/**
 * Tells a client that its rights have changed, by a message on a channel that it listens to: it then asks the endpoint
 * again, and has the rights of now. A wish and no more; whoever must be out whatever the client does is revoked.
 */

/** What a client listens for. */
export const REAUTHORIZE = 'reauthorize';

/** Of an `Ably.Rest` or `Ably.Realtime`, the one thing that is needed. */
interface Publisher {
  readonly channels: { get(name: string): { publish(name: string, data?: unknown): Promise<unknown> } };
}

/**
 * @param ably the app's own client, with a key that may publish there
 * @param channel as the policy grants `subscribe` on it, and nobody but the server `publish`: `user:ada:control`
 */
export async function askToReauthorize(ably: Publisher, channel: string): Promise<void> {
  await ably.channels.get(channel).publish(REAUTHORIZE, null);
}
