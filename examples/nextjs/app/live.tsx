'use client';

/**
 * One identity's connection: opened when this is on the page, closed when it is not. The SDK renews by itself, on the same
 * connection and as the same `clientId`.
 */
import * as Ably from 'ably';
import { type AblyAuth, createAblyAuth } from 'ably-auth-functions/client';
import { useRouter } from 'next/navigation';
import { type FormEvent, useCallback, useEffect, useRef, useState } from 'react';

type State = 'connecting' | 'connected' | 'trying-again' | 'refused';

export function Live(props: { readonly whereAblyIs: Ably.ClientOptions }) {
  const router = useRouter();
  // As it was at first: a refresh of the page brings an equal one, which is no reason to connect again.
  const [whereAblyIs] = useState(props.whereAblyIs);
  const [state, setState] = useState<State>('connecting');
  const [clientId, setClientId] = useState('');
  const [lines, setLines] = useState<readonly string[]>([]);
  const live = useRef<{ readonly auth: AblyAuth; readonly client: Ably.Realtime }>(undefined);

  const show = useCallback(({ name, data }: { readonly name?: string; readonly data?: unknown }) => {
    setLines((before) => [...before, `${name} ${typeof data === 'string' ? data : JSON.stringify(data)}`]);
  }, []);

  // In an effect, and not while rendering: the server renders too, and would connect for every visitor. Strict mode runs
  // it twice, so that the first client is closed again before it has connected.
  useEffect(() => {
    const auth = createAblyAuth({
      url: '/api/ably-auth',
      // The session has ended: the page is asked anew, and shows the form.
      onSignedOut: () => router.refresh(),
    });
    const client = auth.use(new Ably.Realtime({ ...whereAblyIs, authCallback: auth.authCallback }));
    live.current = { auth, client };
    client.connection.on(({ current }) => {
      if (current === 'connected') {
        setState('connected');
        setClientId(client.auth.clientId);
      } else if (current === 'disconnected' || current === 'suspended') {
        setState('trying-again');
      } else if (current === 'failed') {
        // For good. If that is because somebody else has signed in, in another tab, the page has another key now.
        setState('refused');
        router.refresh();
      }
    });
    client.channels
      .get('news')
      .subscribe(show)
      .catch(() => {});
    // Not `client.close()`: a renewal that is under way would open the connection again.
    return () => void auth.signOut();
  }, [whereAblyIs, router, show]);

  async function open(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('channel'));
    if (!live.current) return;
    const channel = live.current.client.channels.get(name);
    try {
      // When the token does not allow it, the endpoint is asked for this channel; the connection stays.
      await live.current.auth.attachOrAsk(channel);
      // Opened twice, it is shown once.
      channel.unsubscribe(show);
      await channel.subscribe(show);
      show({ name, data: 'is open' });
    } catch (error) {
      const { code, message } = error as Ably.ErrorInfo;
      show({ name, data: code === 40160 ? 'is closed to you' : `cannot be opened now: ${message}` });
    }
  }

  return (
    <>
      <p id="state" role="status" data-state={state}>
        {state} {clientId}
      </p>
      <form id="open" onSubmit={open}>
        <label>
          One more channel <input name="channel" defaultValue="room:garden" required />
        </label>
        <button type="submit">Open</button>
      </form>
      <ul id="messages">
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are added at the end only
          <li key={index}>{line}</li>
        ))}
      </ul>
    </>
  );
}
