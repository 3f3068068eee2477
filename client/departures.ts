/**
 * Clients that somebody has signed out of. A token that is being redeemed meanwhile opens one again, as whoever has left:
 * ably-js (2.28) connects with it all the same. So it is closed each time, until it is used again.
 */

/** As much of an Ably client as is used here. */
export interface ClosableClient {
  readonly connection?: { on(event: 'connecting', listener: () => void): unknown };
  close?(): void;
}

export interface Departures {
  /** Closes it, and keeps it closed. */
  leave(client: ClosableClient): void;
  /** It is wanted again. */
  comeBack(client: ClosableClient): void;
}

export function createDepartures(): Departures {
  /** Whether it stays closed, of each that is listened to; one that is left again is not listened to twice. */
  const staysClosed = new WeakMap<ClosableClient, boolean>();
  return {
    leave(client) {
      const isHeard = staysClosed.has(client);
      staysClosed.set(client, true);
      client.close?.();
      if (isHeard) return;
      client.connection?.on('connecting', () => {
        if (staysClosed.get(client)) client.close?.();
      });
    },
    comeBack(client) {
      if (staysClosed.has(client)) staysClosed.set(client, false);
    },
  };
}
