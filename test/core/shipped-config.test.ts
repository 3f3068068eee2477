/** `auth.config.ts` as it is shipped: Ably's tutorial, and nothing beyond it. */
import { describe, expect, it } from 'vitest';
import shipped from '../../auth.config.ts';
import { configureEndpoint } from '../../core/configure-endpoint.ts';
import type { Environment } from '../../core/settings.ts';
import { authRequest, jsonOf, NOW_MS, SESSION_SECRET, sessionCookie, testKey } from './auth-request.ts';

function endpoint(env: Environment) {
  const source = { name: 't', setting: 's', loadCurrent: async () => testKey(), loadPrevious: async () => undefined };
  return configureEndpoint({ definition: shipped, env, keySource: { ok: true, source }, nowMs: () => NOW_MS });
}

const SIGNED_IN = { ABLY_AUTH_SESSION_SECRET: SESSION_SECRET };

describe('auth.config.ts', () => {
  it('S11: needs no secret to be imported, and none to serve visitors', async () => {
    expect(endpoint({}).problems).toEqual([]);
    const tokenRequest = jsonOf(await endpoint({}).handle(authRequest()));
    expect(tokenRequest.capability).toBe('{"notifications":["subscribe"]}');
    expect(tokenRequest).not.toHaveProperty('clientId');
  });

  it('gives a signed-in caller every channel under their own name', async () => {
    const request = authRequest({ cookies: [sessionCookie({ subject: 'bob' })] });
    expect(jsonOf(await endpoint(SIGNED_IN).handle(request))).toMatchObject({
      ...{ clientId: 'bob', capability: '{"*":["publish","subscribe"]}' },
    });
  });

  it('without a session secret takes a session cookie for nothing', async () => {
    const request = authRequest({ cookies: [sessionCookie({ subject: 'bob' })] });
    expect(jsonOf(await endpoint({}).handle(request)).capability).toBe('{"notifications":["subscribe"]}');
  });

  it('reports a session secret that is too short', () => {
    expect(endpoint({ ABLY_AUTH_SESSION_SECRET: 'short' }).problems).toMatchObject([
      { setting: 'ABLY_AUTH_SESSION_SECRET' },
    ]);
  });
});
