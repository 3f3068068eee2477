/**
 * Every row of the failure table, as a real client meets it: which state it ends in, and which error the app sees.
 * 403 ends the connection for good (RSA4d); everything else is tried again (RSA4c).
 */
import * as Ably from 'ably';
import { afterEach, describe, expect, it } from 'vitest';
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
    options: { authHeaders: { cookie: '__Host-ably-auth-session=v1.a.b.c' } },
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
    options: { authParams: { capability: 'not json' } },
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

describe.each(['GET', 'POST'] as const)('an ably client that asks by %s', (authMethod) => {
  it.each(rows)(
    'ends $state ($status/$code) when $when',
    async ({ stage: stageOptions, subject, options, status, code, state }) => {
      const stage = await startStage(stageOptions);
      started.push(stage);
      const client = new Ably.Realtime({
        ...stage.clientOptions(),
        authUrl: stage.authUrl,
        authMethod,
        ...(subject && { authHeaders: { cookie: stage.cookieOf(subject) } }),
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
