/**
 * One identity's client: created here, fed with credentials from our endpoint, closed when the identity changes.
 *
 * A new identity never joins an old connection (Ably answers 40102), so that a session is closed and replaced, not
 * altered. This module decides what is reported and when; how it looks is the views' business, and what goes over the
 * wire is exchange.ts's.
 */
import type { ConnectionStateChange, ErrorInfo, Realtime, TokenDetails, TokenParams, TokenRequest } from 'ably';
import { type CredentialKind, describeTokenDetails, type TokenFacts } from './credential.ts';
import { type AuthMethod, askEndpoint, type Cause, type Exchange } from './exchange.ts';
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
  close(): void;
}

/** The form in which the SDK's callback is answered. */
type Answer = (error: ErrorInfo | null, credential: TokenRequest | TokenDetails | string | null) => void;

/** Creates a client and starts to connect. Nothing is reported any more after `close`. */
export function openSession(visit: Visit, method: () => AuthMethod, events: SessionEvents): Session {
  let cause: Cause = 'first';
  let pending: Exchange | undefined;
  let closed = false;

  async function supplyToken(params: TokenParams, answer: Answer): Promise<void> {
    const endpoint = { authUrl: visit.authUrl, accessToken: visit.bearer?.accessToken };
    const exchange = await askEndpoint(endpoint, method(), params, cause);
    if (!closed) events.onExchange(exchange);
    if (exchange.answer.kind === 'credential') {
      pending = exchange;
      answer(null, exchange.answer.credential.forSdk);
      return;
    }
    const { refusal } = exchange.answer;
    // Its own error class keeps code, status and words; of another object it would show the JSON to people.
    answer(new Ably.ErrorInfo(refusal.message, refusal.code, refusal.statusCode), null);
    if (!closed) events.onRefused(refusal);
  }

  const client = new Ably.Realtime({
    ...visit.ably,
    // An app writes `authUrl: '/auth'` instead of the next line, and `authHeaders` for an access token. An async callback must never throw: the SDK would
    // wait for it until its time is up.
    authCallback: (params, answer) => void supplyToken(params, answer),
  });

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
      cause = 'asked';
      try {
        await client.auth.authorize();
      } catch (error) {
        if (!closed) settle(refusalOf(error));
        throw error;
      } finally {
        cause = 'prompted';
      }
      return { before, after: client.connection.id ?? '' };
    },
    close() {
      closed = true;
      client.close();
    },
  };
}

/** The token that the client uses now. `Auth#tokenDetails` is in Ably's specification (RSA16), not in the types. */
function heldDetails(client: Realtime): TokenDetails | undefined {
  return (client.auth as { readonly tokenDetails?: TokenDetails | null }).tokenDetails ?? undefined;
}
