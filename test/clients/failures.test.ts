/**
 * Every row of the failure table, as a real client meets it: which state it ends in, and which error the app sees.
 * 403 ends the connection for good (RSA4d); everything else is tried again (RSA4c).
 */
import * as Ably from 'ably';
import { afterEach, describe, expect, it } from 'vitest';
import { createAblyAuth } from '../../client/index.ts';
import type { AuthConfig, IdentitySource } from '../../index.ts';
import { anonymous } from '../../index.ts';
import { type StageOptions, startStage, untilState } from '../stage.ts';

const started: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.close();
});

const aBugInASource: IdentitySource = {
  name: 'broken',
  ambient: false,
  kinds: ['user'],
  problems: [],
  carriesCredential: () => true,
  verify: () => {
    throw new TypeError('a value that must stay inside');
  },
};

const onlyUsers: AuthConfig['rules'] = [
  { name: 'paying users', when: { claims: { plan: 'pro' } }, grant: { news: ['subscribe'] } },
];

interface Row {
  readonly when: string;
  readonly stage?: StageOptions;
  readonly subject?: string;
  readonly cookie?: string;
  readonly query?: string;
  readonly options?: Ably.ClientOptions;
  readonly status: number;
  readonly code: number;
  readonly state: 'failed' | 'disconnected';
}

const rows: readonly Row[] = [
  {
    when: 'no rule covers a signed-in user',
    stage: { config: { rules: onlyUsers } },
    subject: 'ada',
    status: 403,
    code: 40300,
    state: 'failed',
  },
  { when: 'the identity is unfit as a clientId', subject: 'a*b', status: 403, code: 40300, state: 'failed' },
  {
    when: 'a foreign clientId is asked for',
    subject: 'ada',
    options: { clientId: 'bob' },
    status: 403,
    code: 40300,
    state: 'failed',
  },
  {
    when: 'no rule covers an anonymous caller',
    stage: { config: { rules: onlyUsers } },
    status: 401,
    code: 40101,
    state: 'disconnected',
  },
  {
    when: 'the credential is invalid',
    cookie: '__Host-ably-auth-session=v1.a.b.c',
    status: 401,
    code: 40101,
    state: 'disconnected',
  },
  {
    when: 'nothing is left of the requested capability',
    subject: 'ada',
    options: { defaultTokenParams: { capability: { elsewhere: ['publish'] } } },
    status: 401,
    code: 40160,
    state: 'disconnected',
  },
  {
    when: 'the request is malformed',
    subject: 'ada',
    query: '?capability=not-json',
    status: 400,
    code: 40000,
    state: 'disconnected',
  },
  { when: 'the key store has no key', stage: { apiKey: '' }, status: 503, code: 50000, state: 'disconnected' },
  {
    when: 'there is a bug',
    stage: { config: { sources: [aBugInASource, anonymous()] } },
    status: 500,
    code: 50000,
    state: 'disconnected',
  },
];

/** The SDK by itself, and with our helper: a caller is to notice no difference. */
const ways: Readonly<Record<string, (url: string, headers: Record<string, string>) => Ably.ClientOptions>> = {
  'authUrl by GET': (authUrl, authHeaders) => ({ authUrl, authHeaders }),
  'authUrl by POST': (authUrl, authHeaders) => ({ authUrl, authHeaders, authMethod: 'POST' }),
  'our helper by GET': (url, headers) => ({
    authCallback: createAblyAuth({ url, headers, method: 'GET' }).authCallback,
  }),
  'our helper': (url, headers) => ({ authCallback: createAblyAuth({ url, headers }).authCallback }),
};

describe.each(Object.entries(ways))('an ably client with %s', (_, way) => {
  it.each(rows)(
    'ends $state ($status/$code) when $when',
    async ({ stage: stageOptions, subject, cookie, query = '', options, status, code, state }) => {
      const stage = await startStage(stageOptions);
      started.push(stage);
      const shown = subject === undefined ? cookie : stage.cookieOf(subject);
      const client = new Ably.Realtime({
        ...stage.clientOptions(),
        ...way(stage.authUrl + query, shown === undefined ? {} : { cookie: shown }),
        ...options,
      });
      started.push(client);

      const end = await untilState(client, 'connected', 'failed', 'disconnected');

      expect(end.state).toBe(state);
      expect(end.reason).toMatchObject({ code: 80019, statusCode: state === 'failed' ? 403 : 401 });
      expect(end.reason?.cause).toMatchObject({ code, statusCode: status });
      expect(stage.events.at(-1)).toMatchObject({ kind: 'refused', status });
    },
  );
});

describe('an ably client whose TokenRequest Ably refuses', () => {
  it('tries again when the endpoint signs with a key that Ably does not know', async () => {
    const stage = await startStage({ apiKey: 'stageapp.stagekey:another-secret' });
    started.push(stage);
    const client = new Ably.Realtime({ ...stage.clientOptions(), authUrl: stage.authUrl });
    started.push(client);
    const end = await untilState(client, 'connected', 'failed', 'disconnected');
    expect(end.state).toBe('disconnected');
    expect(end.reason?.cause).toMatchObject({ code: 40101, statusCode: 401 });
  });
});
