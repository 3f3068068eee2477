/**
 * Puts the page together: asks the server who is here, opens a session for that identity, and passes events to views.
 *
 * The one decision taken here is when an identity has changed: then the old client is closed and a new one made.
 * Everything else is decided in connection.ts, channels.ts and the views.
 */
import { explainPolicy, logIn, logOut, readInfo } from './api.ts';
import { createListener, type Listener, tryDoor } from './channels.ts';
import { type HeldToken, openSession, type Session } from './connection.ts';
import type { AuthMethod } from './exchange.ts';
import { refusalOf, sayRefusal } from './explain.ts';
import { forgetBearer, logInAtProvider, nameOf, type Visit, withBearer } from './provider.ts';
import { byId } from './view/dom.ts';
import { createDoorView } from './view/door.ts';
import { createExchangeView } from './view/exchange-list.ts';
import { createIdentityView } from './view/identity.ts';
import { createLineView } from './view/line.ts';
import { createPassView } from './view/pass.ts';
import { createPolicyView } from './view/policy.ts';
import { createRoomsView } from './view/rooms.ts';
import { RefusedError } from './wire.ts';

/** The name, and how it came here: with a cookie or with a token, the same person begins anew. */
let who: string | undefined;
let lastAsked = 0;
let session: Session | undefined;
let listener: Listener | undefined;
let token: HeldToken | undefined;

const identity = createIdentityView({
  logIn: (name) =>
    changeIdentity(async () => {
      await logIn(name);
      forgetBearer();
    }),
  logInAtProvider: (name) => changeIdentity(() => logInAtProvider(name)),
  logOut: () =>
    changeIdentity(() => {
      forgetBearer();
      return logOut();
    }),
});
const pass = createPassView(renew);
const exchanges = createExchangeView();
const line = createLineView({
  listen: async (channel) => listener?.listen(channel),
  publish: async (text) => {
    try {
      await listener?.publish(text);
      return undefined;
    } catch (error) {
      return refusalOf(error);
    }
  },
});
const connected = (): boolean => session?.client.connection.state === 'connected';
const door = createDoorView(async (action, channel) => {
  const offline = { code: 0, statusCode: 0, message: 'There is no open connection to knock with' };
  const refusal = session && connected() ? await tryDoor(session.client, action, channel) : offline;
  return { action, channel, refusal, capability: token?.facts.capability, stillConnected: connected() };
});

const rooms = createRoomsView({
  knock: async (room, onLost) => (connected() ? session?.knock(room, onLost) : undefined),
});

createPolicyView(explainPolicy);

/** Logs in or out, then starts again as whoever the server says is here. */
async function changeIdentity(change: () => Promise<void>): Promise<void> {
  try {
    await change();
    await meet(true);
  } catch (error) {
    showTrouble(error);
  }
}

/** Asks who is here. A new session begins when that is somebody else, or when it is wanted anyway. */
async function meet(always: boolean): Promise<void> {
  lastAsked += 1;
  const asked = lastAsked;
  const visit = withBearer(await readInfo());
  // An answer that a later question has overtaken may describe somebody who has left.
  if (asked !== lastAsked) return;
  identity.showVisit(visit);
  pass.showKey(visit.keyName);
  const now = `${visit.bearer ? 'token' : 'cookie'} ${nameOf(visit)}`;
  if (!always && now === who) return;
  who = now;
  begin(visit);
}

/**
 * After a refusal: the session may have ended, or somebody may have signed in, in another tab. The cookie is shared,
 * the open connection is not, and it cannot change hands (403 from the endpoint, 40102 from Ably).
 */
function meetAgain(): void {
  void meet(false).catch(showTrouble);
}

function begin(visit: Visit): void {
  session?.close();
  token = undefined;
  exchanges.clear();
  door.reset();
  rooms.begin(visit.rooms);
  door.showRights(undefined);
  pass.showToken(undefined);
  pass.showRenewal('', true);
  identity.showClientId(undefined);
  line.beginIdentity(`From here on you are ${nameOf(visit) || 'anonymous'}.`);

  const method = (): AuthMethod => (byId('auth-method', HTMLSelectElement).value === 'POST' ? 'POST' : 'GET');
  const opened = openSession(visit, method, {
    onState: ({ current }, reason, id) => {
      line.showState(current, reason, id);
      if (current === 'failed') meetAgain();
    },
    onExchange: exchanges.show,
    onToken: adopt,
    onRefused: ({ statusCode }) => {
      // Its time is up, or the provider that signed it has gone with the server.
      if (statusCode === 401 && visit.bearer) forgetBearer();
      if (statusCode === 401 || statusCode === 403) meetAgain();
    },
  });
  session = opened;
  listener = createListener(opened.client, { onMessage: line.addMessage, onChannel: line.showChannel });
}

function adopt(held: HeldToken): void {
  token = held;
  const { capability, clientId } = held.facts;
  identity.showClientId(clientId ?? '');
  pass.showToken(held);
  door.showRights(capability);
  const start = line.showRights(capability);
  if (start !== undefined && listener?.current() === undefined) void listener?.listen(start);
}

async function renew(): Promise<void> {
  const asked = session;
  if (!asked) return;
  try {
    const { before, after } = await asked.renew();
    const same = before === after;
    const text = same
      ? `The connection is still ${after}: nothing was interrupted.`
      : `The connection is now ${after}.`;
    pass.showRenewal(`Renewed. ${text}`, same);
  } catch (error) {
    // The refusal may have made another identity begin, and is none of its business.
    if (asked !== session) return;
    const refusal = refusalOf(error);
    pass.showRenewal(`Not renewed. ${sayRefusal(refusal)}`, false);
  }
}

function showTrouble(error: unknown): void {
  if (!(error instanceof RefusedError)) throw error;
  const { refusal } = error;
  identity.showError(sayRefusal(refusal));
}

// Coming back from another tab is a good moment to ask, before anything is refused.
addEventListener('focus', () => void meet(false).catch(() => undefined));

void meet(true).catch(showTrouble);
