/**
 * The handler that revokes, through every host: the same requests, the same answers byte for byte but for the request's
 * id, from the real core to a local Ably service whose clock stands still.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEnvironmentKeySource } from '../../adapters/key-sources/environment.ts';
import { memoryStore } from '../../adapters/stores/memory.ts';
import { createRevokeEndpoint } from '../../core/revocation/revoke-endpoint.ts';
import { type AblyService, startAblyService } from '../../dev/ably-service/ably-service.ts';
import { type ConfiguredEndpoint, configureEndpoint, createAblyApi, defineAuth, session } from '../../index.ts';
import { SESSION_SECRET, sessionCookie } from '../core/auth-request.ts';
import { everyHost } from './hosts/every-host.ts';
import type { WireRequest } from './support/exchange.ts';
import { createTable } from './support/table.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 10, 11, 12, 345);
const KEY = { name: 'appId1.keyId1', secret: 'a-secret-for-tests', revocableTokens: true };

let service: AblyService;
let endpoint: ConfiguredEndpoint;
const table = createTable();

beforeAll(async () => {
  service = await startAblyService({ keys: [KEY], now: () => NOW_MS });
  endpoint = configureEndpoint({
    definition: defineAuth(() => ({
      sources: [session({ secrets: [SESSION_SECRET] })],
      rules: [{ name: 'operators', when: { claims: { role: 'operator' } }, grant: {}, mayRevoke: 'anyone' }],
      store: memoryStore({ nowMs: () => NOW_MS }),
      revocable: true,
      allowedOrigins: ['https://app.example'],
    })),
    env: {},
    keySource: { ok: true, source: createEnvironmentKeySource({ ABLY_API_KEY: `${KEY.name}:${KEY.secret}` }) },
    ably: createAblyApi({ ABLY_ENDPOINT: service.host, ABLY_PORT: String(service.port), ABLY_TLS: 'false' }),
    createEndpoint: createRevokeEndpoint,
    nowMs: () => NOW_MS,
  });
});
afterAll(async () => {
  table.print('revoking');
  await service.close();
});

const COOKIE = ['Cookie', sessionCookie({ subject: 'olga', claims: { role: 'operator' } }, NOW_MS).join('=')] as const;
const JSON_TYPE = ['Content-Type', 'application/json'] as const;
const FROM_PAGE = ['Origin', 'https://app.example'] as const;
const ban = JSON.stringify({ targets: ['clientId:bob', { source: 'session', subject: 'zoë' }], ban: '1h' });

const CASES: readonly { readonly title: string; readonly request: WireRequest; readonly status: number }[] = [
  { title: 'a ban', request: { method: 'POST', headers: [COOKIE, JSON_TYPE, FROM_PAGE], body: ban }, status: 200 },
  {
    title: 'partly refused',
    request: {
      method: 'POST',
      headers: [COOKIE, JSON_TYPE, FROM_PAGE],
      body: '{"targets":["clientId:bob","channel:x"]}',
    },
    status: 207,
  },
  { title: 'no origin', request: { method: 'POST', headers: [COOKIE, JSON_TYPE], body: ban }, status: 403 },
  { title: 'nobody', request: { method: 'POST', headers: [JSON_TYPE, FROM_PAGE], body: ban }, status: 401 },
  { title: 'no body', request: { method: 'POST', headers: [COOKIE, JSON_TYPE, FROM_PAGE] }, status: 400 },
  { title: 'by GET', request: { method: 'GET', headers: [COOKIE, FROM_PAGE] }, status: 405 },
  { title: 'a preflight', request: { method: 'OPTIONS', headers: [FROM_PAGE] }, status: 204 },
];

describe.each(CASES)('$title', ({ title, request, status }) => {
  let reference: unknown;

  it.each(everyHost)('$name', async (host) => {
    await table.record(host.name, title, async () => {
      const answer = await host.exchange(endpoint, request);
      expect(answer.status).toBe(status);
      const comparable = {
        body: answer.body.replace(/"requestId":"[^"]*"/, ''),
        allow: answer.headers.get('allow'),
        cache: answer.headers.get('cache-control'),
        origin: answer.headers.get('access-control-allow-origin'),
      };
      expect(comparable.cache).toContain('no-store');
      reference ??= comparable;
      expect(comparable).toEqual(reference);
    });
  });
});
