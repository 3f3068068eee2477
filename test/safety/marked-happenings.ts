/**
 * What happens to an endpoint that no test of one outcome covers: every kind of source, asked well and badly, key stores
 * and Ably that fail with a secret in their words, grants, revocations, a config that holds secrets in the wrong places.
 * Whatever may not be logged is marked, so that one word finds all of it.
 */
import { createEnvironmentKeySource } from '../../adapters/key-sources/environment.ts';
import type { AblyApi } from '../../core/ably.ts';
import { AblyApiError } from '../../core/ably.ts';
import {
  type AuthEvent,
  anonymous,
  configureEndpoint,
  createRevokeEndpoint,
  memoryStore,
  remembering,
  requestable,
  session,
} from '../../index.ts';
import { NOW_MS, postJson, SESSION_SECRET, testKey } from '../core/auth-request.ts';
import { COOKIE, everySource, type Happening, happening, MARK, NOISE, RULES, request } from './marked-sources.ts';

async function stores(): Promise<readonly Happening[]> {
  const failing = (thrown: unknown) => ({ loadCurrent: () => Promise.reject(thrown) });
  const malformed = createEnvironmentKeySource({ ABLY_API_KEY: `${MARK} is no key` });
  const asked = [request({ cookies: [COOKIE] })];
  const saying =
    (text: string): AblyApi['requestToken'] =>
    () =>
      Promise.reject(new AblyApiError('refused', text, { code: 40100, statusCode: 401 }));
  return Promise.all([
    happening('key store: throws the key', failing(new Error(`no access to appid.keyid:${MARK}`)), asked),
    happening('key store: throws no error', failing({ key: MARK }), asked),
    happening('key store: a key that is none', { loadCurrent: async () => malformed.loadCurrent() }, asked),
    happening(
      'Ably refuses',
      { tokenFormat: 'ably-token', ably: { requestToken: saying('Ably answered 401.') } },
      asked,
    ),
    happening(
      'Ably is away',
      {
        tokenFormat: 'ably-token',
        ably: { requestToken: () => Promise.reject(new AblyApiError('unreachable', 'No answer.')) },
      },
      asked,
    ),
    happening(
      'Ably’s client throws',
      { tokenFormat: 'ably-token', ably: { requestToken: () => Promise.reject(new Error(MARK)) } },
      asked,
    ),
  ]);
}

async function grants(): Promise<readonly Happening[]> {
  const check = ({ id }: { readonly id: string }) => {
    if (id.endsWith('broken')) throw new Error(`no room ${id}`);
    return !id.endsWith('closed');
  };
  const asks = ['room:canary-open', 'room:canary-closed', 'room:canary-broken'].map((room) =>
    request({ cookies: [COOKIE], query: [['resources', JSON.stringify([room])]] }),
  );
  const forged = request({ cookies: [COOKIE], headers: { 'x-ably-auth-grant': `v1.${MARK}.${MARK}.${MARK}` } });
  const rooms = [requestable({ resource: 'room:{id}', operations: ['publish'], check })];
  return Promise.all(
    (['client', 'signed', 'store'] as const).map((where) =>
      happening(
        `grants: ${where}`,
        { requestable: rooms, grants: remembering(where), ...(where === 'store' && { store: memoryStore() }) },
        [...asks, forged],
      ),
    ),
  );
}

async function revocations(): Promise<Happening> {
  const events: AuthEvent[] = [];
  const { handle } = configureEndpoint({
    definition: {
      build: () => ({
        sources: [session({ secrets: [SESSION_SECRET] }), anonymous()],
        rules: RULES,
        revocable: true,
        store: memoryStore(),
      }),
    },
    env: {},
    keySource: {
      ok: true,
      source: {
        name: 'test',
        setting: 'ABLY_API_KEY',
        loadCurrent: () => testKey(),
        loadPrevious: async () => undefined,
      },
    },
    ably: {
      requestToken: () => Promise.reject(new Error(MARK)),
      timeMs: () => Promise.reject(new Error(MARK)),
      revokeTokens: () =>
        Promise.reject(new AblyApiError('refused', 'Ably answered 400.', { code: 40000, statusCode: 400 })),
    },
    createEndpoint: createRevokeEndpoint,
    onEvent: (event) => events.push(event),
    nowMs: () => NOW_MS,
  });
  const headers = { ...NOISE, 'sec-fetch-site': 'same-origin' };
  const requests = [
    postJson(
      { targets: [`clientId:${MARK}`, { source: 'session', subject: `${MARK}-other` }], ban: '1h' },
      { cookies: [COOKIE], headers },
    ),
    postJson({ targets: [`${MARK}`] }, { cookies: [COOKIE], headers }),
    postJson(`{"${MARK}`, { cookies: [COOKIE], headers }),
  ];
  const answers: string[] = [];
  for (const asked of requests) answers.push(JSON.stringify((await handle(asked)).headers));
  return { name: 'revocations', requests, events, answers };
}

function configs(): Promise<Happening> {
  const env = {
    ...{ ABLY_API_KEY: MARK, ABLY_AUTH_SESSION_SECRET: MARK, ABLY_AUTH_TTL: MARK, ABLY_AUTH_CORS: MARK },
    ...{
      ABLY_AUTH_TOKEN_FORMAT: MARK,
      ABLY_AUTH_RATE_LIMIT: MARK,
      ABLY_AUTH_SERVER_TIMING: MARK,
      ABLY_AUTH_OPERATOR_SECRET: MARK,
    },
  };
  const sourcesOf = [session({ secrets: [MARK] }), anonymous()];
  return happening('a config with secrets in the wrong places', { env, sources: sourcesOf }, [
    request({ cookies: [COOKIE] }),
  ]);
}

export async function everyHappening(): Promise<readonly Happening[]> {
  return [...(await everySource()), ...(await stores()), ...(await grants()), await revocations(), await configs()];
}
