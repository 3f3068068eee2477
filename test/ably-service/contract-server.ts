/**
 * The server that the contract suite runs against: the local service, or the one that `ABLY_COMPATIBLE_URL` names, with
 * the six keys of ably-common's test-app-setup.json as `name:secret` in `ABLY_COMPATIBLE_KEY_0` to `_5`.
 */

import { startAblyService } from '../../dev/ably-service/ably-service.ts';
import { type Answer, call, redeem, tokenRequest } from './support.ts';

export type Resources = Readonly<Record<string, readonly string[]>>;

export const K1: Resources = {
  'cansubscribe:*': ['subscribe'],
  'canpublish:*': ['publish'],
  'canpublish:andpresence': ['presence', 'publish'],
  'pushenabled:*': ['publish', 'subscribe', 'push-subscribe'],
  'pushenabled:admin:*': ['publish', 'subscribe', 'push-admin'],
};
const K2: Resources = {
  channel0: ['publish'],
  channel1: ['publish'],
  channel2: ['publish', 'subscribe'],
  channel3: ['subscribe'],
  channel4: ['presence', 'publish', 'subscribe'],
  channel5: ['presence'],
  channel6: ['*'],
};
const KEY_CAPABILITIES: readonly Resources[] = [
  { '*': ['*'] },
  K1,
  K2,
  { '*': ['subscribe'] },
  { '*': ['*'] },
  { '[*]*': ['*'] },
];

export const otherServer = process.env.ABLY_COMPATIBLE_URL;

export interface ContractServer {
  readonly baseUrl: string;
  /** With key 0 to 5. Signed with the server's own time: the suite does not depend on this machine's clock. */
  requestToken(keyIndex: number, capability: Resources | undefined): Promise<Answer>;
  close(): Promise<void>;
}

export async function openContractServer(): Promise<ContractServer> {
  const apiKeys = KEY_CAPABILITIES.map((capability, index) => {
    const apiKey = process.env[`ABLY_COMPATIBLE_KEY_${index}`] ?? `appid.key${index}:secret-of-key-${index}`;
    const [name = '', secret = ''] = apiKey.split(':', 2);
    return { name, secret, capability, revocableTokens: index === 4 };
  });
  const local = otherServer === undefined ? await startAblyService({ keys: apiKeys }) : undefined;
  const baseUrl = otherServer ?? local?.url ?? '';
  return {
    baseUrl,
    async requestToken(keyIndex, capability) {
      const { name = '', secret = '' } = apiKeys[keyIndex] ?? {};
      const time = await call(baseUrl, '/time');
      const wish = capability === undefined ? {} : { capability: JSON.stringify(capability) };
      return redeem(baseUrl, tokenRequest({ keyName: name, timestamp: time.body[0], ...wish }, secret));
    },
    async close() {
      await local?.close();
    },
  };
}
