/** The demo's own identity provider: a name becomes a signed access token, and the token that clientId at the endpoint. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import definition from '../../auth.config.ts';
import { startDevServer } from '../../dev/server.ts';
import { type AuthDefinition, anonymous, defineAuth, oidc } from '../../index.ts';

const OURS = { 'sec-fetch-site': 'same-origin' };

async function started(env: Readonly<Record<string, string>> = {}, policy: AuthDefinition = definition) {
  const server = await startDevServer({
    definition: policy,
    env: { PORT: '0', ABLY_AUTH_SESSION_SECRET: 'x'.repeat(40), ABLY_AUTH_LOG: 'silent', ...env },
    print: () => {},
  });
  onTestFinished(() => server.close());
  const post = (path: string, body: string, headers: Readonly<Record<string, string>> = OURS) =>
    fetch(`${server.url}${path}`, { method: 'POST', headers, body });
  const clientIdWith = async (headers: Readonly<Record<string, string>>) => {
    const response = await fetch(`${server.url}/auth`, { headers: { ...OURS, ...headers } });
    return ((await response.json()) as { readonly clientId?: string }).clientId;
  };
  return { server, post, clientIdWith };
}

describe('the identity provider of the demo', () => {
  it('signs in whoever gives a name, who has the same clientId with its token as with the demo’s cookie', async () => {
    const words = [vi.spyOn(console, 'info'), vi.spyOn(console, 'warn')];
    onTestFinished(() => void vi.restoreAllMocks());
    const { post, clientIdWith } = await started();
    const response = await post('/demo/provider-login', '{"name":"Åsa L."}');
    expect([response.status, response.headers.getSetCookie()]).toEqual([200, []]);
    const { accessToken } = (await response.json()) as { readonly accessToken: string };
    expect(await clientIdWith({ authorization: `Bearer ${accessToken}` })).toBe('Åsa L.');
    const [cookie = ''] = (await post('/demo/login', '{"name":"Åsa L."}')).headers.getSetCookie();
    expect(await clientIdWith({ cookie: cookie.split(';')[0] ?? '' })).toBe('Åsa L.');
    expect(words.flatMap(({ mock }) => mock.calls)).toEqual([]);
  });

  it('S14: signs nobody in for another site, nor for whoever does not say where they are, nor under no name', async () => {
    const { post } = await started();
    const statuses = [
      await post('/demo/provider-login', '{"name":"ada"}', { 'sec-fetch-site': 'cross-site' }),
      await post('/demo/provider-login', '{"name":"ada"}', {}),
      await post('/demo/provider-login', '{"name":""}'),
    ].map(({ status }) => status);
    expect(statuses).toEqual([403, 403, 400]);
  });

  it('stays away when a provider is configured, by the environment or in the policy', async () => {
    const issuer = { ABLY_AUTH_ISSUER: 'https://id.example', ABLY_AUTH_AUDIENCE: 'app' };
    const own = defineAuth(() => ({
      sources: [oidc({ issuer: 'https://id.example', audience: 'app' }), anonymous()],
      rules: [{ name: 'members', grant: { news: ['subscribe'] } }],
    }));
    for (const { server, post } of [await started(issuer), await started({}, own)]) {
      expect(server.hasProvider).toBe(false);
      expect((await post('/demo/provider-login', '{"name":"ada"}')).status).toBe(404);
    }
  });
});
