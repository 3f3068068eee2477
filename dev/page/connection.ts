/**
 * One identity's client: created here, fed with credentials from our endpoint, closed when the identity changes.
 *
 * A new identity never joins an old connection (Ably answers 40102), so that a session is closed and replaced, not
 * altered. This module decides what is reported and when; how it looks is the views' business, and what goes over the
 * wire is up to the client helper, the same that an app would use.
 */
import type { ConnectionStateChange, Realtime, TokenDetails } from 'ably';
import { createAblyAuth } from '../../client/index.ts';
import { type KnockedRoom, knockOnRoom } from './channels.ts';
import { type CredentialKind, describeTokenDetails, type TokenFacts } from './credential.ts';
import { type AuthMethod, type Cause, type Exchange, recordingFetch } from './exchange.ts';
import { refusalOf, rootRefusal } from './explain.ts';
import type { Visit } from './provider.ts';
import type { Refusal } from './wire.ts';

/** What the client holds after Ably has accepted it. */
export interface HeldToken {
  readonly kind: CredentialKind;
  readonly facts: TokenFacts;
}

export interface SessionEvents {
  onState(change: Pick<ConnectionStateChange, 'current'>, reason: Refusal | undefined, connectionId: string): void;
  /** A new exchange, or one that is known by its id and has learnt what Ably made of it. */
  onExchange(exchange: Exchange): void;
  onToken(token: HeldToken): void;
  /** The endpoint refused. The identity may have ended, so that the page should ask who it is now. */
  onRefused(refusal: Refusal): void;
}

export interface Session {
  readonly client: Realtime;
  /** Fetches a new token over the open connection. @throws ErrorInfo when it is refused. */
  renew(): Promise<{ readonly before: string; readonly after: string }>;
  /** Attaches to a room, and asks the endpoint for it where the token does not allow that. Never throws. */
  knock(room: string, onLost: (refusal: Refusal) => void): Promise<KnockedRoom>;
  close(): void;
}

/** Creates a client and starts to connect. Nothing is reported any more after `close`. */
export function openSession(visit: Visit, method: () => AuthMethod, events: SessionEvents): Session {
  let cause: Cause = 'first';
  let pending: Exchange | undefined;
  let closed = false;

  function record(exchange: Exchange): void {
    if (closed) return;
    events.onExchange(exchange);
    if (exchange.answer.kind === 'credential') pending = exchange;
    else events.onRefused(exchange.answer.refusal);
  }

  const { bearer } = visit;
  const auth = createAblyAuth({
    url: visit.authUrl,
    // Read for each request: the choice on the page is for the next one.
    get method() {
      return method();
    },
    ...(bearer && { credentials: 'omit', headers: { authorization: `Bearer ${bearer.accessToken}` } }),
    // The one thing that an app leaves out: it has no list of exchanges to show.
    fetch: recordingFetch(() => cause, record),
  });
  const client = auth.use(new Ably.Realtime({ ...visit.ably, authCallback: auth.authCallback }));

  function settle(reason: Refusal | undefined): void {
    if (pending?.answer.kind !== 'credential') return;
    const { credential } = pending.answer;
    const details = heldDetails(client);
    const traded = credential.kind === 'token-request';
    if (reason) {
      if (traded) events.onExchange({ ...pending, atAbly: { refusal: reason } });
    } else if (details && traded) {
      const { fields, facts } = describeTokenDetails(details);
      events.onExchange({ ...pending, atAbly: { fields } });
      events.onToken({ kind: credential.kind, facts });
    } else {
      events.onToken({ kind: credential.kind, facts: credential.facts });
    }
    pending = undefined;
    if (!reason) cause = 'prompted';
  }

  async function because<T>(why: Cause, work: () => Promise<T>): Promise<T> {
    cause = why;
    try {
      return await work();
    } finally {
      cause = 'prompted';
    }
  }

  client.connection.on((change: ConnectionStateChange) => {
    if (closed) return;
    const reason = rootRefusal(change.reason);
    if (change.current !== 'connecting') settle(change.current === 'connected' ? undefined : reason);
    events.onState(change, reason, client.connection.id ?? '');
  });

  return {
    client,
    async renew() {
      const before = client.connection.id ?? '';
      await because('asked', async () => {
        try {
          await client.auth.authorize();
        } catch (error) {
          if (!closed) settle(refusalOf(error));
          throw error;
        }
      });
      return { before, after: client.connection.id ?? '' };
    },
    knock: (room, onLost) => because('more', () => knockOnRoom(auth, client, room, onLost)),
    close() {
      closed = true;
      void auth.signOut();
    },
  };
}

/** The token that the client uses now. `Auth#tokenDetails` is in Ably's specification (RSA16), not in the types. */
function heldDetails(client: Realtime): TokenDetails | undefined {
  return (client.auth as { readonly tokenDetails?: TokenDetails | null }).tokenDetails ?? undefined;
}
