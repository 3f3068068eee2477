/**
 * The client's side of the endpoint: an `authCallback` for the Ably SDK, and ways to ask for more than one has.
 *
 * Puts the parts together and decides nothing itself but when somebody counts as signed out. One auth serves one
 * client at a time: who signs in or out becomes somebody else to Ably, and needs a new client.
 */
import type { AuthOptions, ChannelStateChange, RealtimeChannel, TokenParams } from 'ably';
import { createAsking, type Granted } from './asking.ts';
import { attachOrAsk } from './attach-or-ask.ts';
import { type AblyAuthError, meansSignedOut, noAnswer } from './auth-error.ts';
import { reauthorizeOn } from './control-channel.ts';
import { type ClosableClient, createDepartures } from './departures.ts';
import { type AuthStorage, createHeld, type Holds } from './held.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { type AbortSignalLike, type Fetch, platform } from './platform.ts';
import { type Answer, type Credential, readAnswer } from './read-answer.ts';
import { requestCall } from './request-call.ts';
import { createPatience } from './retry-after.ts';

/** A little below the SDK's own ten seconds, after which it would give up without a reason. */
const DEFAULT_TIMEOUT_MS = 9_000;
const DEFAULT_JITTER_MS = 5_000;

type Headers = Readonly<Record<string, string>>;

export interface AblyAuthOptions {
  /** Where the endpoint is: `/api/ably-auth`, or a whole URL. Never one that redirects. */
  readonly url: string;
  /** Default POST: it is never kept by a cache, and has room for a hundred resources. */
  readonly method?: 'GET' | 'POST';
  /** Whether cookies go along, as `fetch` has it. Default `same-origin`; `include` when the endpoint has another origin. */
  readonly credentials?: 'include' | 'same-origin' | 'omit';
  /** Who is calling, without cookies: `{ Authorization: 'Bearer …' }`, or a function that is asked for each request. */
  readonly headers?: Headers | (() => Headers | Promise<Headers>);
  /**
   * What is held here between requests. `resources` (default): the list of what was asked for, which goes along each
   * time; right with every endpoint, needed with `remembering('client')`. `grant`: the signed grant in a header, for
   * `remembering('signed')` without cookies. `nothing`: a cookie or the store remembers.
   */
  readonly holds?: Holds;
  /** Be a guest who is known again by the header `X-Ably-Auth-Guest`, where cookies are not kept. Default false. */
  readonly guest?: boolean;
  /** Where what is held survives a restart. Default: nowhere. */
  readonly storage?: AuthStorage;
  /** Instead of the global `fetch`: to log requests, or to pin certificates. Must do as it is told about redirects. */
  readonly fetch?: Fetch;
  /** How long one request may take, in milliseconds. Default 9,000; keep it below the SDK's `realtimeRequestTimeout`. */
  readonly timeoutMs?: number;
  /** Nobody is signed in any more; called once, until a credential has come again. The SDK goes on trying by itself. */
  readonly onSignedOut?: (error: AblyAuthError) => void;
}

/** As much of an Ably client as is used here. */
export interface AuthorizedClient extends ClosableClient {
  readonly auth: { authorize(): Promise<unknown> };
}

export interface AblyAuth {
  /** For the client's options. */
  readonly authCallback: NonNullable<AuthOptions['authCallback']>;
  /** Says which client `ensure` and the others renew, and gives it back. A later one takes its place. */
  use<Client extends AuthorizedClient>(client: Client): Client;
  /**
   * Asks the endpoint for these resources and renews the token once, on the open connection. Calls of one moment are one
   * request. A refused one is no error.
   *
   * @throws the SDK's error when there was no new token: the rights are as before
   */
  ensure(resources: readonly string[]): Promise<Granted>;
  /** Attaches; on 40160 asks for the channel and attaches again, once. @throws the SDK's error of the last attempt */
  attachOrAsk(channel: Pick<RealtimeChannel, 'name' | 'attach'>): Promise<ChannelStateChange | null>;
  /**
   * Renews the token whenever a message `reauthorize` comes on this channel, within a moment of chance (5,000 ms unless
   * told). Only the server may have the right to publish there. Resolves to how to stop.
   */
  reauthorizeOn(
    channel: Pick<RealtimeChannel, 'subscribe' | 'unsubscribe'>,
    options?: { readonly withinMs?: number },
  ): Promise<() => void>;
  /**
   * Forgets all that is held, also in the storage, and closes the client, which stays closed unless it is given to `use`
   * again. Ending the session is up to your server.
   */
  signOut(): Promise<void>;
}

export function createAblyAuth(options: AblyAuthOptions): AblyAuth {
  const { url, credentials = 'same-origin', timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const { holds = 'resources', guest = false, storage, onSignedOut } = options;
  const held = createHeld({ holds, guest, storage });
  const patience = createPatience();
  let inTurn = oneAtATime();
  let client: AuthorizedClient | undefined;
  let asking = createAsking(authorize);
  let signedOut = false;
  const departures = createDepartures();
  /** Counts sign-outs: an answer to somebody who has left is not kept. */
  let visit = 0;

  async function authorize(): Promise<void> {
    if (client === undefined) throw new Error('Say which client is to be renewed first: auth.use(client).');
    await client.auth.authorize();
  }

  /** @param since the visit in which it was called for: it may have waited for its turn until after a sign-out */
  async function obtain(params: TokenParams, since: number, signal: AbortSignalLike): Promise<Credential> {
    const tooEarly = patience.refusalNow();
    if (tooEarly) throw tooEarly;
    await held.load();
    if (since !== visit) throw noAnswer('Signed out before it was asked.');
    const resources = held.resourcesWith(asking.wanted());
    const answer = await exchange(params, resources, signal);
    // Nobody waits for it any more; what it gave would be missed, what it forgot would not.
    if (signal.aborted || since !== visit) throw noAnswer('The answer came too late.');
    if ('refusal' in answer.result) throw refused(answer.result.refusal, answer);
    held.learn(answer, resources);
    asking.learn(resources, answer.refused);
    signedOut = false;
    return answer.result.credential;
  }

  async function exchange(params: TokenParams, resources: readonly string[], signal: AbortSignalLike): Promise<Answer> {
    const headers = { ...(await ownHeaders(options.headers)), ...held.headers() };
    const { method = 'POST', fetch = platform.fetch } = options;
    const request = requestCall({ url, method, credentials }, params, resources, headers, signal);
    try {
      return await readAnswer(await fetch(request.url, request.call));
    } catch (error) {
      throw noAnswer(`The auth endpoint cannot be reached (${inWords(error)}).`);
    }
  }

  function refused(refusal: AblyAuthError, { retryAfter }: Answer): AblyAuthError {
    patience.remember(refusal, retryAfter);
    if (!meansSignedOut(refusal)) return refusal;
    held.forgetGuest();
    if (!signedOut) {
      signedOut = true;
      // Not in the way of the answer, and what it throws is the app's own.
      void Promise.resolve(refusal).then(onSignedOut);
    }
    return refusal;
  }

  function restart(reason: string): void {
    asking.stop(new Error(reason));
    asking = createAsking(authorize);
  }

  async function ensure(resources: readonly string[]): Promise<Granted> {
    if (resources.includes('')) throw new TypeError('A resource is the name of a channel, and that is never empty.');
    return resources.length === 0 ? { granted: [], refused: [] } : asking.ask(resources);
  }

  return Object.freeze({
    authCallback(params, done) {
      const since = visit;
      inTurn(timeoutMs, (signal) => obtain(params, since, signal)).then(
        (credential) => done(null, credential),
        (error) => done(error, null),
      );
    },
    use(next) {
      if (client !== undefined && client !== next) restart('Another client has taken the place of this one.');
      client = next;
      departures.comeBack(next);
      return next;
    },
    ensure,
    attachOrAsk: (channel) => attachOrAsk(channel, ensure),
    reauthorizeOn: (channel, { withinMs = DEFAULT_JITTER_MS } = {}) =>
      reauthorizeOn(channel, withinMs, () => asking.ask([])),
    async signOut() {
      visit += 1;
      // Whoever comes next does not wait for the answers of whoever has left.
      inTurn = oneAtATime();
      signedOut = false;
      patience.forget();
      restart('Signed out.');
      const left = client;
      client = undefined;
      if (left) departures.leave(left);
      await held.load();
      await held.forget();
    },
  } satisfies AblyAuth);
}

async function ownHeaders(headers: AblyAuthOptions['headers']): Promise<Headers> {
  try {
    return (typeof headers === 'function' ? await headers() : headers) ?? {};
  } catch (error) {
    throw noAnswer(`The app could not say who is calling (${inWords(error)}).`);
  }
}

function inWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
