/**
 * A page that is signed in by a cookie: the SDK fetches, shows and renews its credential from `authUrl` by itself. Nothing
 * but `ably` is needed.
 */

/** The script of the page before this one. @type {typeof import('ably')} */
const Ably = Reflect.get(globalThis, 'Ably');

/** Of this origin, so that the cookie goes along. With another origin see README.md. @type {import('ably').AuthOptions} */
const AUTH = { authUrl: '/api/ably-auth', authMethod: 'POST' };

/** The local server has an Ably of its own beside it, and says where. Leave this out in production. */
const info = await fetch('/demo/info');
/** @type {import('ably').ClientOptions} */
const whereAblyIs = info.ok ? (await info.json()).ably : {};

/** The client of whoever is here now. */
let client = connect();

function connect() {
  /** @type {import('ably').Realtime} */
  const next = new Ably.Realtime({ ...whereAblyIs, ...AUTH });
  let wasConnected = false;
  next.connection.on(({ current, reason }) => {
    if (next !== client) {
      // Of somebody who has left. Closed already, but ably-js (2.28) connects again when a renewal under way comes back.
      next.close();
      return;
    }
    const cause = reason?.cause ?? reason;
    if (current === 'connected') {
      wasConnected = true;
      say(current, `Connected as ${next.auth.clientId ?? 'a visitor'}`);
    } else if (current === 'failed' && wasConnected) {
      // It was good until now: so this is somebody else, who signed in or out in another tab.
      connectAnew();
    } else if (current === 'failed') {
      say('refused', `You may not connect. ${cause?.message}`);
    } else if (current === 'disconnected' || current === 'suspended') {
      // 401: the endpoint knows nobody here. Everything else passes by itself, and the SDK goes on trying.
      if (cause?.code === 40101) say('signed-out', 'Please sign in');
      else say('trying-again', `No connection now, trying again. ${cause?.message}`);
    }
  });
  next.channels
    .get('news')
    .subscribe(showOf(next))
    .catch(() => {});
  return next;
}

/** To Ably, who signs in or out becomes somebody else, and a new identity cannot join an old connection. */
function connectAnew() {
  client.close();
  asked = new Set();
  byId('messages').replaceChildren();
  say('starting', 'Starting');
  client = connect();
}

/** The most that the endpoint reads of one request. */
const MAX_RESOURCES = 100;

/** What this person has asked for and got; it goes along with every request, so that renewals keep it. @type {Set<string>} */
let asked = new Set();

/** Attaches; when the token does not allow it, asks the endpoint for this channel, and attaches again, once. */
async function attachOrAsk(/** @type {string} */ name) {
  const [mine, list] = [client, asked];
  const channel = mine.channels.get(name);
  try {
    await channel.attach();
  } catch (error) {
    if (/** @type {import('ably').ErrorInfo} */ (error).code !== 40160) throw error;
    list.delete(name);
    list.add(name);
    // The newest stay: with one more than that, every renewal would be refused.
    for (const oldest of [...list].slice(0, -MAX_RESOURCES)) list.delete(oldest);
    try {
      // As text: the endpoint reads a JSON array. A token with the rights one has anyway comes back when it refuses.
      await mine.auth.authorize(undefined, { ...AUTH, authParams: { resources: JSON.stringify([...list]) } });
      await channel.attach();
    } catch (refused) {
      // Not asked for again, when the next channel is.
      list.delete(name);
      throw refused;
    }
  }
  // Opened twice, it is shown once.
  channel.unsubscribe();
  await channel.subscribe(showOf(mine));
}

// The local server's login, which takes anyone's word. Yours checks a password, and writes the session cookie.
onSubmit('sign-in', async (form) => {
  const response = await fetch('/demo/login', { method: 'POST', body: JSON.stringify({ name: form.get('name') }) });
  if (response.ok) connectAnew();
  else say('signed-out', `You cannot be signed in: ${response.status}`);
});
byId('sign-out').addEventListener('click', async () => {
  await fetch('/demo/logout', { method: 'POST' });
  connectAnew();
});
onSubmit('open', async (form) => {
  const name = String(form.get('channel'));
  const showHere = showOf(client);
  const outcome = await attachOrAsk(name).then(
    () => 'is open',
    (error) => (error.code === 40160 ? 'is closed to you' : `cannot be opened now: ${error.message}`),
  );
  showHere({ name, data: outcome });
});

/** Shows what belongs to this client for as long as it is that of whoever is here. */
function showOf(/** @type {import('ably').Realtime} */ mine) {
  return (/** @type {{ name?: string, data?: unknown }} */ { name, data }) => {
    if (mine !== client) return;
    const line = document.createElement('li');
    line.textContent = `${name} ${typeof data === 'string' ? data : JSON.stringify(data)}`;
    byId('messages').append(line);
  };
}

function say(/** @type {string} */ state, /** @type {string} */ text) {
  byId('state').textContent = text;
  byId('state').dataset.state = state;
}

function onSubmit(/** @type {string} */ id, /** @type {(form: FormData) => Promise<void>} */ work) {
  byId(id).addEventListener('submit', (event) => {
    event.preventDefault();
    void work(new FormData(/** @type {HTMLFormElement} */ (event.target)));
  });
}

function byId(/** @type {string} */ id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
