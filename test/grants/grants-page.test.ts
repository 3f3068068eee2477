/** docs/grants.md, held against the code: its config does what is said, its numbers are those of the code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as Ably from 'ably';
import { transformSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import * as limits from '../../core/limits.ts';
import * as ours from '../../index.ts';
import { authRequest, SESSION_SECRET, sessionCookie, testEndpoint } from '../core/auth-request.ts';
import { ROOT } from '../house/source-files.ts';
import { startStage } from '../stage.ts';
import { refusedIn, roomsIn } from './asking.ts';

const PAGE = readFileSync(join(ROOT, 'docs/grants.md'), 'utf8');
const SNIPPETS = [...PAGE.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? '');

describe('docs/grants.md', () => {
  it('shows a config that opens room 7 to Ada and nothing else to anybody', async () => {
    const { code } = transformSync(SNIPPETS[0] ?? '', { loader: 'ts', format: 'cjs' });
    const module: { exports: { default?: ours.AuthDefinition } } = { exports: {} };
    new Function('require', 'module', 'exports', code)(() => ours, module, module.exports);
    const config = module.exports.default?.build({ ABLY_AUTH_SESSION_SECRET: SESSION_SECRET });
    const { handle, problems } = testEndpoint({ ...config, env: { ABLY_AUTH_SESSION_SECRET: SESSION_SECRET } });
    expect(problems).toEqual([]);
    expect(config && ours.lintPolicy(config)).toEqual([]);
    const ask = (subject: string) =>
      handle(authRequest({ cookies: [sessionCookie({ subject })], query: { resources: '["room:7","room:8"]' } }));
    const [ada, bob] = [await ask('ada'), await ask('bob')];
    expect([roomsIn(ada), refusedIn(ada)]).toEqual([['room:7', 'user:ada:control'], ['room:8']]);
    expect([roomsIn(bob), refusedIn(bob)]).toEqual([['user:bob:control'], ['room:7', 'room:8']]);
  });

  it('says the numbers that the code has', () => {
    const said = (text: string): void => expect(PAGE.replace(/\s+/g, ' ')).toContain(text);
    said(
      `asked for at once | ${limits.MAX_REQUESTED_RESOURCES} resources, ${limits.MAX_REQUESTED_RESOURCE_BYTES} bytes each`,
    );
    said(`${limits.MAX_PARALLEL_CHECKS} checks run at a time`);
    said(`a JWT | ${limits.MAX_JWT_BYTES.toLocaleString('en')} bytes`);
    said(`a signed grant | ${limits.MAX_SIGNED_GRANT_BYTES.toLocaleString('en')} bytes`);
    said(
      `the store | ${limits.MAX_STORED_GRANTS.toLocaleString('en')} grants for a subject, ${limits.MAX_GRANT_RECORD_BYTES / 1024} KB`,
    );
    said(`Beyond ${limits.MAX_REFUSED_HEADER_BYTES / 1024} KB it ends with a number`);
  });

  it('is right about ably-js alone: authParams as text ask, a JavaScript array arrives as one name', async () => {
    const room = ours.requestable({ resource: 'door:{id}', operations: ['subscribe'], check: () => true });
    const stage = await startStage({ config: { requestable: [room], grants: ours.remembering('client') } });
    try {
      const ask = async (resources: string | readonly string[], authMethod: 'GET' | 'POST'): Promise<string> => {
        const authParams = { resources } as Record<string, string>;
        const authHeaders = { cookie: stage.cookieOf('ada') };
        const options = { authUrl: stage.authUrl, authMethod, authHeaders, authParams };
        const client = new Ably.Rest({ ...stage.clientOptions(), ...options });
        return String((await client.auth.requestToken()).capability);
      };
      expect(await ask('["door:7","door:8"]', 'GET')).toMatch(/door:7.*door:8/);
      expect(await ask('["door:7","door:8"]', 'POST')).toMatch(/door:7.*door:8/);
      await expect(ask(['door:7', 'door:8'], 'GET')).rejects.toMatchObject({ code: 40170 });
      expect(await ask(['door:7', 'door:8'], 'POST')).not.toContain('door:');
    } finally {
      await stage.close();
    }
  });
});
