/**
 * A local Ably-compatible service, for development and tests: unmodified Ably SDKs connect to it over plain HTTP and
 * WebSocket on this machine. It is a development tool and not Ably: it keeps everything in memory, knows no TLS, no
 * clusters, no objects, annotations, push, deltas or rewind, and reads undocumented points its own way ([gap]).
 *
 * This file composes the parts and says how an SDK is pointed here. It imports nothing from `core/`: what our endpoint
 * signs is checked by code that shares nothing with it.
 */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClientOptions } from 'ably';
import { createAccess } from './access.ts';
import { createChannels } from './channels.ts';
import { createCredentials } from './credentials.ts';
import { type AblyServiceKey, createKeyRing } from './keys.ts';
import { createSockets } from './realtime/sockets.ts';
import { createCallers } from './rest/callers.ts';
import { createRestListener } from './rest/routes.ts';
import { createRevocations } from './revocations.ts';
import { createTokenRedeemer } from './token-request.ts';
import { createTokenStore } from './tokens.ts';

export type { AblyServiceKey } from './keys.ts';

export interface AblyServiceOptions {
  /** At least one. Keys may belong to several apps. */
  readonly keys: readonly AblyServiceKey[];
  /** Default 127.0.0.1: this machine only. */
  readonly host?: string;
  /** Default 0: the system chooses. */
  readonly port?: number;
  /** How long before a token expires its connection is asked for another, in milliseconds. Default 30_000, as Ably. */
  readonly renewalLeadMs?: number;
  /** How long after a revocation with allowReauthMargin it applies, in milliseconds. Default 30_000, as Ably. */
  readonly reauthMarginMs?: number;
  /** Milliseconds since the epoch. Default the system's clock. Timers run on real time all the same. */
  readonly now?: () => number;
  /** Namespaces whose channels need an identified client (40161). Default `identified`, as in every Ably app. */
  readonly identifiedNamespaces?: readonly string[];
  /** Whether `channel:` revocation targets are enabled, which Ably does per app on request. Default false. */
  readonly channelRevocation?: boolean;
}

/**
 * What points an ably SDK here, in Node and in the browser alike: spread it into the client's options.
 *
 * An endpoint with a dot in it (or `localhost`) is taken as a host name, without fallback hosts. `tls: false` makes the
 * SDK use `port`. The last three keep it from asking Ably's own hosts whether the network is up, and from falling back
 * to long polling, which this service does not speak.
 *
 * Tokens and JWTs work as they are. A `key` works too: ably-js 2.28 sends Basic over plain HTTP, and uses the key to
 * sign its own token requests with `useTokenAuth: true`.
 */
export type LocalClientOptions = Required<
  Pick<ClientOptions, 'endpoint' | 'port' | 'transports' | 'disableConnectivityCheck' | 'wsConnectivityCheckUrl'>
> & { readonly tls: false };

export interface ConnectionSummary {
  readonly id: string;
  readonly keyName: string;
  /** undefined: anonymous. `*`: may name any per operation. */
  readonly clientId: string | undefined;
  readonly channels: readonly string[];
  readonly renewalPrompts: number;
}

export interface AblyService {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly clientOptions: LocalClientOptions;
  /** Open realtime connections, for tests to look at. */
  connections(): readonly ConnectionSummary[];
  /** Makes another key known, as Ably's Control API does. */
  addKey(key: AblyServiceKey): void;
  /** Revokes one for good, and ends what lives by it. */
  revokeKey(keyName: string): void;
  /** How many Ably tokens were issued since the start. */
  tokensIssued(): number;
  /** Drops every connection and stops listening. */
  close(): Promise<void>;
}

export async function startAblyService(options: AblyServiceOptions): Promise<AblyService> {
  const { host = '127.0.0.1', port = 0, renewalLeadMs = 30_000, reauthMarginMs = 30_000, now = Date.now } = options;
  const keys = createKeyRing(options.keys);
  const tokens = createTokenStore(now);
  const revocations = createRevocations(now, options.channelRevocation ?? false);
  const credentials = createCredentials(keys, tokens, revocations, now);
  const channels = createChannels(now);
  const access = createAccess(options.identifiedNamespaces ?? ['identified']);
  const sockets = createSockets({ keys, credentials, channels, access, revocations, now, renewalLeadMs });

  const server = createServer(
    createRestListener({
      now,
      callers: createCallers(credentials),
      redeemer: createTokenRedeemer(keys, tokens, now),
      channels,
      access,
      revocation: { keys, revocations, now, reauthMarginMs },
    }),
  );
  server.on('upgrade', sockets.upgrade);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });

  const address = server.address() as AddressInfo;
  // A client cannot connect to the unspecified address that a container listens on.
  const reachableHost = host === '0.0.0.0' ? '127.0.0.1' : host;
  return {
    url: `http://${reachableHost}:${address.port}`,
    host,
    port: address.port,
    clientOptions: {
      endpoint: reachableHost,
      port: address.port,
      tls: false,
      transports: ['web_socket'],
      disableConnectivityCheck: true,
      wsConnectivityCheckUrl: `ws://${reachableHost}:${address.port}/connectivity`,
    },
    connections: () =>
      sockets.connections().map((connection) => ({
        id: connection.id,
        keyName: connection.credential.key.name,
        clientId: connection.clientId,
        channels: connection.channelNames,
        renewalPrompts: connection.renewalPrompts,
      })),
    addKey: keys.add,
    revokeKey: keys.revoke,
    tokensIssued: () => tokens.issued(),
    close() {
      sockets.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}
