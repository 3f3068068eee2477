/**
 * One identity's connection. A new identity cannot join an old one, so that whoever signs in gets one of their own, and
 * it is closed when they leave. The SDK renews by itself, on the same connection and as the same `clientId`.
 */
import * as Ably from 'ably';
import { createAblyAuth } from 'ably-auth-functions/client';
import { LOCAL_SERVER } from './development-machine';
import { accessToken } from './login';

/** In a release: `https://auth.example/api/ably-auth`, and no local server anywhere. */
const AUTH_URL = `${LOCAL_SERVER}/api/ably-auth`;

export type LiveState = 'connecting' | 'connected' | 'trying again' | 'signed out' | 'refused';

export interface Live {
  /** Resolves to whether it is open. When the token does not allow it, the endpoint is asked; the connection stays. */
  open(channel: string): Promise<boolean>;
  /** The app is in front again: does not wait for the next try. */
  wake(): void;
  close(): void;
}

export interface LiveEvents {
  onState(state: LiveState, detail: string): void;
  onMessage(channel: string, data: unknown): void;
}

/** @param whereAblyIs empty, but beside the local server: see `whereAblyIs` */
export function openLive(whereAblyIs: Ably.ClientOptions, { onState, onMessage }: LiveEvents): Live {
  const auth = createAblyAuth({
    url: AUTH_URL,
    // A phone has no session cookie, and what its system keeps of others stays at home.
    credentials: 'omit',
    headers: async () => ({ Authorization: `Bearer ${await accessToken()}` }),
    onSignedOut: ({ message }) => onState('signed out', message),
  });
  const client = auth.use(new Ably.Realtime({ ...whereAblyIs, authCallback: auth.authCallback }));
  client.connection.on(({ current, reason }) => {
    const why = (reason?.cause ?? reason)?.message ?? '';
    if (current === 'connected') onState('connected', client.auth.clientId);
    // For good: the SDK does not come back from it. Refused, or somebody else by now: both need another client.
    else if (current === 'failed') onState('refused', why);
    // Everything else passes by itself, and the SDK goes on trying; who is signed out has been told so above.
    else if (current === 'disconnected' || current === 'suspended') onState('trying again', why);
  });

  async function listen(name: string, attach: (channel: Ably.RealtimeChannel) => Promise<unknown>): Promise<void> {
    const channel = client.channels.get(name);
    await attach(channel);
    // Opened twice, it is shown once.
    channel.unsubscribe();
    await channel.subscribe(({ data }) => onMessage(name, data));
  }
  listen('news', (channel) => channel.attach()).catch(() => {});

  return {
    async open(name) {
      try {
        await listen(name, auth.attachOrAsk);
        return true;
      } catch (error) {
        if ((error as Ably.ErrorInfo).code === 40160) return false;
        throw error;
      }
    },
    wake() {
      const { state } = client.connection;
      if (state === 'disconnected' || state === 'suspended') client.connect();
    },
    // Not `client.close()`: a renewal that is under way would open the connection again.
    close: () => void auth.signOut(),
  };
}

/** The local server has an Ably of its own beside it, and says where. Leave this out in a release. */
export async function whereAblyIs(): Promise<Ably.ClientOptions> {
  const response = await fetch(`${LOCAL_SERVER}/demo/info`);
  return ((await response.json()) as { readonly ably: Ably.ClientOptions }).ably;
}
