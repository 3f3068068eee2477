/**
 * A back-end service as a client of Ably: connects as itself, listens on one channel, opens a second one by asking, and
 * keeps its identity over renewals. It holds no Ably key: what it may do stands in `auth.config.ts`, like everybody's.
 */
import * as Ably from 'ably';
import { createAblyAuth } from 'ably-auth-functions/client';
import { accessToken, forgetAccessToken } from './access-token.ts';

/** `npm start` of ably-auth-functions, which has an Ably of its own beside it. Not set when deployed. */
const { LOCAL_SERVER = '' } = process.env;
const { AUTH_URL = `${LOCAL_SERVER}/api/ably-auth`, CHANNEL = 'orders', ONE_MORE = 'room:garden' } = process.env;
if (!/^https?:/.test(AUTH_URL)) throw new Error('Set AUTH_URL, or LOCAL_SERVER; README.md says to what.');

const auth = createAblyAuth({
  url: AUTH_URL,
  credentials: 'omit',
  headers: async () => ({ Authorization: `Bearer ${await accessToken()}` }),
  onSignedOut(error) {
    console.log(`signed out: ${error}; trying again with a new access token`);
    forgetAccessToken();
  },
});

const whereAblyIs: Ably.ClientOptions = LOCAL_SERVER ? await askLocalServer(LOCAL_SERVER) : {};
connect();

function connect(): void {
  const client = auth.use(new Ably.Realtime({ ...whereAblyIs, authCallback: auth.authCallback }));
  let wasConnected = false;
  client.connection.on(({ previous, current, reason }) => {
    if (current === 'connected' && previous === 'connected') {
      // A renewal on the open connection: no disconnection, and the same clientId as before.
      console.log(`renewed, still ${client.auth.clientId}`);
    } else if (current === 'connected') {
      wasConnected = true;
      console.log(`connected as ${client.auth.clientId}`);
    } else if (current === 'failed') {
      stop(wasConnected, reason);
    } else if (current === 'disconnected' || current === 'suspended') {
      // Whatever is not for good: no network, 5xx, signed out. The SDK tries again by itself.
      console.log(`${current}, trying again: ${reason?.cause ?? reason}`);
    }
  });
  listen(client).catch((error: unknown) => console.log(`cannot listen: ${error}`));
}

async function listen(on: Ably.Realtime): Promise<void> {
  await on.channels
    .get(CHANNEL)
    .subscribe(({ name, data }) => console.log(`${CHANNEL}: ${name} ${JSON.stringify(data)}`));
  console.log(`listening on ${CHANNEL}`);
  // The token may not allow this one: then the endpoint is asked for it, and the connection stays as it is.
  const state = await auth.attachOrAsk(on.channels.get(ONE_MORE)).then(
    () => 'open',
    (error: Ably.ErrorInfo) => (error.code === 40160 ? 'closed to this service' : String(error)),
  );
  console.log(`${ONE_MORE} is ${state}`);
}

/**
 * FAILED is for good: the SDK does not come back from it. Either this service may not connect at all, or it has become
 * somebody else, and a new identity cannot join an old connection. A new client tells which.
 */
function stop(wasConnected: boolean, reason: Ably.ErrorInfo | undefined): void {
  // Also forgets what was held for the identity that is gone.
  void auth.signOut();
  if (wasConnected) {
    console.log(`ended: ${reason?.cause ?? reason}; connecting anew`);
    connect();
  } else {
    console.log(`refused: ${reason?.cause ?? reason}`);
    process.exitCode = 1;
  }
}

async function askLocalServer(url: string): Promise<Ably.ClientOptions> {
  const response = await fetch(`${url}/demo/info`).catch(() => undefined);
  if (!response?.ok) {
    console.error(`LOCAL_SERVER: no local server answers at ${url}. Start it there, with npm start in the repository.`);
    process.exit(1);
  }
  return ((await response.json()) as { readonly ably: Ably.ClientOptions }).ably;
}

// Not `client.close()`: a renewal that is under way would open the connection again.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void auth.signOut());
