/**
 * What the doctor says that ably-js does, held against ably-js on Node: the same answers are given to both. The browser build is
 * held against it in test/browser/doctor.test.ts.
 */
import * as Ably from 'ably';
import { afterEach, describe, expect, it } from 'vitest';
import { ablyJs } from '../../../cli/doctor/clients/ably-js.ts';
import { exchange } from '../../../cli/doctor/exchange.ts';
import { untilState } from '../../stage.ts';
import { type Answer, CREDENTIALS, ODD_ON_NODE, REFUSALS, serveAnswer, title } from './ably-js-answers.ts';
import type { Served } from './endpoints.ts';

let served: Served | undefined;
afterEach(() => served?.close());

async function open(answer: Answer): Promise<string> {
  served = await serveAnswer(answer);
  return served.url;
}

function seen(url: string): ReturnType<typeof exchange> {
  return exchange({ method: 'GET', url: new URL(url), headers: [] }, 5_000);
}

function optionsFor(url: string): Ably.ClientOptions {
  const { hostname, port } = new URL(url);
  return {
    authUrl: url,
    endpoint: hostname,
    port: Number(port),
    tls: false,
    logLevel: 0,
    disconnectedRetryTimeout: 60_000,
  };
}

describe('ably-js', () => {
  it.each(CREDENTIALS.map((answer) => ({ answer, title: title(answer) })))(
    'takes or does not take $title',
    async ({ answer }) => {
      const url = await open(answer);
      const taken = await new Ably.Rest(optionsFor(url)).auth.requestToken().then(
        () => true,
        ({ code }: Ably.ErrorInfo) => code === 40400,
      );
      expect(ablyJs.problem(await seen(url)) === undefined).toBe(taken);
    },
  );

  it.each(REFUSALS.map((answer) => ({ answer, title: title(answer) })))(
    'stops or tries again after $title',
    async ({ answer }) => {
      const url = await open(answer);
      const client = new Ably.Realtime(optionsFor(url));
      const { state } = await untilState(client, 'failed', 'disconnected');
      client.close();
      expect(ablyJs.afterRefusal(await seen(url))).toBe(state === 'failed' ? 'stops' : 'retries');
    },
  );

  it.each(ODD_ON_NODE.map((answer) => ({ answer, title: title(answer) })))(
    'tries again on Node after $title, so that the doctor says it does not stop',
    async ({ answer }) => {
      const url = await open(answer);
      const client = new Ably.Realtime(optionsFor(url));
      expect((await untilState(client, 'failed', 'disconnected')).state).toBe('disconnected');
      client.close();
      expect(ablyJs.afterRefusal(await seen(url))).toBe('retries');
    },
  );
});
