/** `token` by the installed command: what it issues lets a real client connect as the one who was named, and as nobody else. */
import * as Ably from 'ably';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConfigProblem, describeProblem } from '../../core/config-problem.ts';
import { type AblyService, startAblyService } from '../../dev/ably-service/ably-service.ts';
import { createSessionCookies } from '../../index.ts';
import { STAGE_KEY, untilState } from '../stage.ts';
import { type InstalledProject, installProject, type Ran } from './installed.ts';

const SECRET = 'an-obviously-fake-session-secret-of-32-bytes';
const CONFIG = `
import { anonymous, defineAuth, memoryStore, session, sessionSecrets } from 'ably-auth-functions';
export default defineAuth((env) => ({
  sources: [session({ secrets: sessionSecrets(env), clientIdPrefix: 'app:' }), anonymous()],
  store: memoryStore(),
  rateLimit: { requests: 1, per: '1h' },
  rules: [
    { name: 'visitors', when: { kind: 'anonymous' }, grant: { news: ['subscribe'] } },
    { name: 'members', when: { claims: { banned: { present: false } } }, grant: { 'room:{rooms}': ['publish', 'subscribe'] } },
  ],
}));
`;

let project: InstalledProject;
let service: AblyService;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  project = await installProject();
  await project.write({ 'auth.config.js': CONFIG, 'five.js': 'export default 5;' });
  service = await startAblyService({ keys: [STAGE_KEY] });
  env = {
    ABLY_API_KEY: `${STAGE_KEY.name}:${STAGE_KEY.secret}`,
    ABLY_AUTH_SESSION_SECRET: SECRET,
    ...{ ABLY_ENDPOINT: service.host, ABLY_PORT: String(service.port), ABLY_TLS: 'false' },
  };
});
afterAll(() => Promise.all([project.remove(), service.close()]));

async function token(args: readonly string[], options: Parameters<InstalledProject['run']>[1] = {}): Promise<Ran> {
  const ran = await project.run(['token', ...args], { env, ...options });
  for (const secret of [SECRET, STAGE_KEY.secret]) expect(ran.stdout + ran.stderr).not.toContain(secret);
  return ran;
}

/** As an authCallback hands it on. */
function credentialOf(text: string): Ably.TokenRequest | Ably.TokenDetails | string {
  return text.startsWith('{') ? JSON.parse(text) : text.trim();
}

describe('ably-auth-functions token', () => {
  it.each(['token-request', 'jwt', 'ably-token'])(
    'issues for somebody, as %s, with which a client connects',
    async (format) => {
      const { code, stdout, stderr } = await token(['{"sub":"bob","rooms":["7"]}', '--format', format]);
      expect(code).toBe(0);
      expect(stderr).toMatch(/\nclientId +"app:bob"\n[\s\S]*\nallows +"room:7" \(this channel\): publish, subscribe\n/);
      const client = new Ably.Realtime({
        ...service.clientOptions,
        logLevel: 0,
        authCallback: (_, callback) => callback(null, credentialOf(stdout)),
      });
      try {
        await untilState(client, 'connected');
        expect(service.connections().map(({ clientId }) => clientId)).toContain('app:bob');
        await client.channels.get('room:7').attach();
        await expect(client.channels.get('room:8').attach()).rejects.toMatchObject({ code: 40160 });
      } finally {
        client.close();
      }
    },
  );

  it('issues for a visitor when nobody is named, and tells machines what is in it', async () => {
    const { stdout, stderr } = await token(['--json', '--ttl', '5m']);
    const { credential, contents } = JSON.parse(stdout);
    expect([stderr, typeof credential]).toEqual(['', 'string']);
    expect(contents).toMatchObject({
      kind: 'token-request',
      signature: 'valid',
      clientId: null,
      ttlMs: 300_000,
      findings: [],
    });
  });

  it('narrows to what is asked for, and never widens', async () => {
    const bob = '{"sub":"bob","rooms":["7"]}';
    const asked = ['--capability', '{"room:7":["publish"],"room:8":["publish"]}', '--ttl', '23h'];
    const { credential, contents } = JSON.parse((await token([bob, '--json', ...asked])).stdout);
    expect(JSON.parse(credential).capability).toBe('{"room:7":["publish"]}');
    expect(contents.ttlMs).toBeLessThanOrEqual(3_600_000);
  });

  it('issues for the credential that a client really sends', async () => {
    const session = { subject: 'ada', lifetimeSeconds: 600, claims: { rooms: ['7'] } };
    const cookie =
      createSessionCookies({ secrets: [SECRET] })
        .write(session, Date.now())
        .split(';')[0] ?? '';
    const { code, stderr } = await token(['--cookie', '-'], { input: cookie });
    expect([code, stderr]).toEqual([0, expect.stringMatching(/clientId +"app:ada"/)]);
    const forged = await token(['--cookie', '-'], { input: cookie.replace(/.$/, (end) => (end === 'A' ? 'B' : 'A')) });
    expect(forged).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^A client gets 401 bad-credential/),
    });
  });

  it('is refused as the caller would be', async () => {
    const banned = await token(['{"sub":"eve","banned":true}']);
    expect(banned).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^A client gets 403 no-rule/) });
    const foreign = await token(['{"sub":"bob","rooms":["7"]}', '--client-id', 'app:ada']);
    expect(foreign).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^A client gets 403 foreign-client-id/),
    });
  });

  it('says at once all that is wrong, as explain does, and what its key lacks', async () => {
    const rule = { name: 'members', format: 'token-request', jwt: { jti: true }, grant: { news: ['subscribe'] } };
    const config = `import { anonymous, defineAuth } from 'ably-auth-functions';
      export default defineAuth(() => (${JSON.stringify({ ttl: 'long', rules: [rule] })}));`;
    await project.write({ 'wrong.js': config.replace('{"ttl"', '{"sources":[anonymous()],"ttl"') });
    const args = ['{"sub":"bob"}', '--config', 'wrong.js'];
    const explained = await project.run(['explain', ...args, '--json'], { env });
    const { problems } = JSON.parse(explained.stdout).outcome as { readonly problems: readonly ConfigProblem[] };
    expect(problems.map(({ setting }) => setting)).toEqual(['ttl', 'rules[0].jwt']);
    const lines = problems.map((problem) => `  - ${describeProblem(problem)}\n`);
    const help = 'See ably-auth-functions token --help.\n';
    expect((await token(args)).stderr).toBe(['Nothing can be issued:\n', ...lines, help].join(''));
    const { stderr } = await token(args, { env: { ...env, ABLY_API_KEY: '' } });
    for (const line of [...lines, '\n  - ABLY_API_KEY: ']) expect(stderr).toContain(line);
  });

  it.each([
    [['{}', '--ttl', 'hunter2'], {}, /^--ttl is a whole number and its unit/],
    [['{}', '--ttl', '30s'], {}, /^--ttl is a whole number and its unit/],
    [['{}', '--format', 'hunter2'], {}, /^--format is one of token-request, jwt, /],
    [['hunter2'], {}, /^Claims are a JSON object/],
    [
      ['{"sub":"bob"}', '--config', 'five.js'],
      {},
      /^Nothing can be issued:\n {2}- five\.js: its default export was not /,
    ],
    [['{}'], { ABLY_API_KEY: '' }, /^Nothing can be issued:\n {2}- ABLY_API_KEY: /],
    [['{}'], { ABLY_API_KEY: 'hunter2' }, /^Nothing can be issued:\n {2}- ABLY_API_KEY: |^A client gets 503/],
  ])('issues nothing when it cannot: %j %j', async (args, settings, message) => {
    const { code, stdout, stderr } = await token(args, { env: { ...env, ...settings } });
    expect([code > 0, stdout, stderr]).toEqual([true, '', expect.stringMatching(message)]);
    expect(stderr).not.toContain('hunter2');
  });
});
