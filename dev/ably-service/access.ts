/**
 * What a client may do on a channel, for REST and realtime alike: the channel's name, the capability, the namespace's
 * demand for identity, and the clientId on each message. Throws the error that refuses; decides nothing else.
 */

import { permits } from './capability.ts';
import type { Credential } from './credential.ts';
import { badChannelName, badClientId, identityRequired, notPermitted } from './errors.ts';

export interface Client {
  readonly credential: Credential;
  /** undefined: anonymous. `*`: no identity of its own, may name one per operation. */
  readonly clientId: string | undefined;
}

export interface Access {
  /** Throws 40010, 40160, 40161. `namedClientId` is the identity of this one operation, under a wildcard. */
  check(client: Client, channelName: string, operation: string, namedClientId?: string): void;
  checkChannel(client: Client, channelName: string, namedClientId?: string): void;
}

export function createAccess(identifiedNamespaces: readonly string[]): Access {
  const checkChannel = (client: Client, channelName: string, namedClientId?: string): void => {
    checkChannelName(channelName);
    const namespace = channelName.replace(/^\[[^\]]*\]/, '').split(':', 1)[0] ?? '';
    if (!identifiedNamespaces.includes(namespace)) return;
    const identity = client.clientId === '*' ? namedClientId : client.clientId;
    if (identity === undefined) throw identityRequired(`namespace ${namespace} requires identified clients`);
  };
  return {
    checkChannel,
    check(client, channelName, operation, namedClientId) {
      checkChannelName(channelName);
      if (!permits(client.credential.capability, channelName, operation)) {
        throw notPermitted(`operation not permitted with provided capability: ${operation}`);
      }
      checkChannel(client, channelName, namedClientId);
    },
  };
}

function checkChannelName(channelName: string): void {
  const name = channelName.replace(/^\[[^\]]*\]/, '');
  if (name === '' || name.startsWith(':') || name.startsWith('[') || /[\r\n]/.test(name)) {
    throw badChannelName('invalid channel name');
  }
}

/**
 * The identity that a message or presence member carries. `named` is written by the client.
 * Throws 40012 when an anonymous client names one, or an identified client another than its own.
 */
export function operationClientId(client: Client, named: string | undefined): string | undefined {
  if (client.clientId === '*') {
    if (named === '*') throw badClientId('"*" is not an identity');
    return named;
  }
  if (named === undefined || named === client.clientId) return client.clientId;
  throw badClientId('the clientId differs from the one that the client is identified by');
}
