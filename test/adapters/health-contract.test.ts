/**
 * `?health` through every host: the same answers byte for byte but for the request's id, from the endpoint that issues,
 * the one that revokes, and one that is misconfigured.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { createEnvironmentKeySource } from '../../adapters/key-sources/environment.ts';
import { createRevokeEndpoint } from '../../core/revocation/revoke-endpoint.ts';
import {
  type AuthConfig,
  anonymous,
  configureEndpoint,
  createAblyApi,
  defineAuth,
  type EndpointParts,
} from '../../index.ts';
import { everyHost } from './hosts/every-host.ts';
import type { WireRequest } from './support/exchange.ts';
import { createTable } from './support/table.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 10, 11, 12, 345);
const SECRET = 'a-fake-operator-secret-of-32-bytes-or-more';
const ORIGIN = 'https://app.example';

function endpointOf(rules: AuthConfig['rules'], parts: Partial<EndpointParts> = {}) {
  return configureEndpoint({
    definition: defineAuth(() => ({ sources: [anonymous()], rules, allowedOrigins: [ORIGIN] })),
    env: { ABLY_AUTH_OPERATOR_SECRET: SECRET },
    keySource: { ok: true, source: createEnvironmentKeySource({ ABLY_API_KEY: 'appId1.keyId1:a-secret-for-tests' }) },
    nowMs: () => NOW_MS,
    ...parts,
  });
}

const RULES: AuthConfig['rules'] = [{ name: 'all', when: { kind: 'anonymous' }, grant: { news: ['subscribe'] } }];
const issuing = endpointOf(RULES);
const revoking = endpointOf(RULES, { createEndpoint: createRevokeEndpoint, ably: createAblyApi({}) });
const misconfigured = endpointOf([]);

const OPERATOR = ['Authorization', `Bearer ${SECRET}`] as const;
const FROM_PAGE = ['Origin', ORIGIN] as const;
const health = (method: string, headers: WireRequest['headers'] = [], rawQuery = 'health'): WireRequest => {
  return { method, headers, rawQuery };
};

const CASES = [
  { title: 'to anybody', on: issuing, request: health('GET'), status: 200, body: '{"status":"ok"}' },
  { title: 'with an equals sign', on: issuing, request: health('GET', [], 'a=1&health='), status: 200 },
  { title: 'by HEAD', on: issuing, request: health('HEAD'), status: 200, body: '' },
  { title: 'by POST', on: issuing, request: health('POST'), status: 405 },
  { title: 'preflight', on: issuing, request: health('OPTIONS', [FROM_PAGE]), status: 204 },
  { title: 'to an operator', on: issuing, request: health('GET', [OPERATOR, FROM_PAGE]), status: 200 },
  { title: 'to somebody else', on: issuing, request: health('GET', [['Authorization', 'Bearer x']]), status: 401 },
  { title: 'of what revokes', on: revoking, request: health('GET'), status: 200, body: '{"status":"ok"}' },
  { title: 'of what revokes, to an operator', on: revoking, request: health('GET', [OPERATOR]), status: 200 },
  {
    title: 'misconfigured',
    on: misconfigured,
    request: health('GET'),
    status: 503,
    body: '{"status":"misconfigured"}',
  },
  { title: 'misconfigured, to an operator', on: misconfigured, request: health('GET', [OPERATOR]), status: 503 },
] as const;

const table = createTable();
afterAll(() => table.print('?health'));

describe('the endpoints of this suite', () => {
  it('are in order, but for one', () => {
    expect([issuing, revoking, misconfigured].map(({ problems }) => problems.length)).toEqual([0, 0, 1]);
  });
});

describe.each(CASES)('$title', ({ title, on, request, status, ...expected }) => {
  let reference: unknown;

  it.each(everyHost)('$name', async (host) => {
    await table.record(host.name, title, async () => {
      const answer = await host.exchange(on, request);
      expect(answer.status).toBe(status);
      if ('body' in expected) expect(answer.body).toBe(expected.body);
      const comparable = {
        body: answer.body.replace(/"requestId":"[^"]*"/, ''),
        ...Object.fromEntries(
          ['content-type', 'allow', 'cache-control', 'vary', 'access-control-allow-origin'].map((name) => [
            name,
            answer.headers.get(name),
          ]),
        ),
      };
      expect(answer.headers.get('cache-control')).toContain('no-store');
      expect(answer.setCookies).toEqual([]);
      reference ??= comparable;
      expect(comparable).toEqual(reference);
    });
  });
});
