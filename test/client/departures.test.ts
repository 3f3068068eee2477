/** Which clients stay closed after a sign-out, and which do not; with what ably-js does, in small. */
import { expect, it } from 'vitest';
import { createAblyAuth } from '../../client/index.ts';

function createClient() {
  const listeners: (() => void)[] = [];
  const client = {
    closed: 0,
    auth: { authorize: () => Promise.resolve() },
    connection: { on: (_event: 'connecting', listener: () => void) => listeners.push(listener) },
    close: () => {
      client.closed += 1;
    },
  };
  const reconnect = (): void => {
    for (const listener of listeners) listener();
  };
  return { client, listeners, reconnect };
}

const auth = () => createAblyAuth({ url: 'https://app.example/api/ably-auth' });

it('a client that somebody has signed out of is closed whenever it connects again', async () => {
  const { client, reconnect } = createClient();
  const { use, signOut } = auth();
  use(client);
  await signOut();
  reconnect();
  reconnect();
  expect(client.closed).toBe(3);
});

it('one that is used again is not, also when another has taken its place since', async () => {
  const [one, other] = [createClient(), createClient()];
  const { use, signOut } = auth();
  use(one.client);
  await signOut();
  use(one.client);
  use(other.client);
  one.reconnect();
  expect(one.client.closed).toBe(1);
});

it('one that is left again and again is listened to once', async () => {
  const { client, listeners, reconnect } = createClient();
  const { use, signOut } = auth();
  for (let times = 0; times < 5; times += 1) {
    use(client);
    await signOut();
  }
  expect(listeners).toHaveLength(1);
  reconnect();
  expect(client.closed).toBe(6);
});
