/** `explain` by the installed command: stated claims, real credentials, and what is said of those that do not verify. */
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSessionCookies } from '../../index.ts';
import { ROOT } from '../build/built.ts';
import { type InstalledProject, installProject, type Ran } from './installed.ts';

const SESSION_SECRET = 'an-obviously-fake-session-secret-of-32-bytes';
const JWT_SECRET = 'an-obviously-fake-shared-secret-of-32-bytes';
const ENV = { ABLY_AUTH_SESSION_SECRET: SESSION_SECRET, JWT_SECRET };

const CONFIG = `
import { anonymous, defineAuth, session, sessionSecrets, sharedSecretJwt } from 'ably-auth-functions';
export default defineAuth((env) => ({
  sources: [
    session({ secrets: sessionSecrets(env), clientIdPrefix: 'app:' }),
    sharedSecretJwt({ secrets: [env.JWT_SECRET ?? '${'p'.repeat(32)}'], issuer: 'https://a.example', audience: 'app', clientIdPrefix: 'api:' }),
    anonymous(),
  ],
  rules: [
    { name: 'visitors', when: { kind: 'anonymous' }, grant: { notifications: ['subscribe'] } },
    { name: 'members', grant: { 'room:{rooms}': ['publish', 'subscribe'] } },
  ],
}));
`;

let project: InstalledProject;
beforeAll(async () => {
  project = await installProject();
  await project.write({ 'auth.config.js': CONFIG });
});
afterAll(() => project.remove());

async function explain(args: readonly string[], options: Parameters<InstalledProject['run']>[1] = {}): Promise<Ran> {
  const ran = await project.run(['explain', ...args], options);
  for (const secret of [SESSION_SECRET, JWT_SECRET]) expect(ran.stdout + ran.stderr).not.toContain(secret);
  return ran;
}

function jwt(claims: Readonly<Record<string, unknown>>, secret = JWT_SECRET): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const nowSeconds = Math.floor(Date.now() / 1000);
  const all = { iss: 'https://a.example', aud: 'app', iat: nowSeconds, exp: nowSeconds + 600, ...claims };
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(all)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

function sessionCookie(secret: string): string {
  const session = { subject: 'ada', lifetimeSeconds: 600, claims: { rooms: ['7'] } };
  return (
    createSessionCookies({ secrets: [secret] })
      .write(session, Date.now())
      .split(';')[0] ?? ''
  );
}

describe('ably-auth-functions explain', () => {
  it('explains a visitor when nobody is named, with nothing set', async () => {
    const { code, stdout } = await explain([]);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^caller {2}anonymous[\s\S]*\{"notifications":\["subscribe"\]\}\n$/),
    ]);
  });

  it.each([
    ['room:7', 'yes'],
    ['room:8', 'no'],
  ])('says whether stated claims may publish on %s, and which rule decided', async (channel, answer) => {
    const claims = '{"sub":"bob","rooms":["7"]}';
    const { code, stdout } = await explain([claims, '--may', 'publish', '--on', channel]);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`\\n${answer} +publish on ${channel}: `));
    expect(stdout.includes('granted by members')).toBe(answer === 'yes');
  });

  it('prints what docs/policy.md shows', async () => {
    const rules = [
      { name: 'visitors', when: { kind: 'anonymous' }, grant: { notifications: ['subscribe'] } },
      { name: 'members', clientId: '{sub}', grant: { 'room:*': ['publish', 'subscribe'] } },
    ];
    await project.write({ 'policy.json': JSON.stringify({ rules }) });
    const args = ['{"sub":"bob"}', '--may', 'publish', '--on', 'room:7', '--config', 'policy.json'];
    expect(await readFile(join(ROOT, 'docs/policy.md'), 'utf8')).toContain(
      `\`\`\`text\n${(await explain(args)).stdout}\`\`\`\n`,
    );
  });

  it('reads claims from standard input, and prints all as JSON', async () => {
    const { stdout } = await explain(['-', '--json'], { input: '{"sub":"bob","rooms":["7"]}\n' });
    expect(JSON.parse(stdout)).toMatchObject({
      credential: 'none',
      identity: { source: 'session', subject: 'bob' },
      outcome: { kind: 'issued', capability: '{"room:7":["publish","subscribe"]}' },
    });
  });

  it('takes what claims do not say, and what the client asks for', async () => {
    const claims = '{"sub":"bob","rooms":["7"]}';
    const as = ['--source', 'sharedSecretJwt', '--client-id', 'api:bob', '--capability', '{"room:7":["publish"]}'];
    const { stdout } = await explain([claims, ...as]);
    expect(stdout).toMatch(/from source sharedSecretJwt[\s\S]*clientId "api:bob"[\s\S]*\{"room:7":\["publish"\]\}\n$/);
    expect((await explain([claims, '--client-id', 'eve'])).stdout).toMatch(/\nrefused 403 foreign-client-id: /);
  });

  it('verifies a token and a cookie by the sources of the config', async () => {
    const token = await explain(['--token', '-', '--json'], { env: ENV, input: jwt({ sub: 'eve', rooms: ['7'] }) });
    expect(JSON.parse(token.stdout)).toMatchObject({ credential: 'verified', outcome: { clientId: 'api:eve' } });
    const header = await explain(['--header', `Authorization: Bearer ${jwt({ sub: 'eve' })}`, '--json'], { env: ENV });
    expect(JSON.parse(header.stdout)).toMatchObject({ credential: 'verified', identity: { subject: 'eve' } });
    const cookie = await explain(['--cookie', sessionCookie(SESSION_SECRET), '--json'], { env: ENV });
    expect(JSON.parse(cookie.stdout)).toMatchObject({ credential: 'verified', outcome: { clientId: 'app:ada' } });
  });

  it.each([
    ['forged', () => ['--token', jwt({ sub: 'eve', rooms: ['7'] }, 'x'.repeat(32))], '401 bad-credential'],
    ['expired', () => ['--token', jwt({ sub: 'eve', rooms: ['7'], exp: 1 })], '401 expired-credential'],
    ['cookie of another secret', () => ['--cookie', sessionCookie('y'.repeat(32))], '401 bad-credential'],
  ] as const)(
    'says loudly that a credential is not verified, and explains what it states: %s',
    async (_, args, refused) => {
      const given = args();
      const { code, stdout } = await explain([...given, '--may', 'publish', '--on', 'room:7'], { env: ENV });
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`^NOT VERIFIED {2}A client gets ${refused} for it: `));
      expect(stdout).toMatch(/Anybody can write them\.\n[\s\S]*\nyes +publish on room:7/);
      // Neither the credential nor its signature.
      expect(stdout).not.toContain(given[1]?.split('.').at(-1) ?? '');
    },
  );

  it('explains nothing of a credential that says nothing', async () => {
    const { code, stdout } = await explain(['--token', 'opaque-and-not-ours'], { env: ENV });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^NOT VERIFIED {2}A client gets 401 bad-credential/)]);
    expect(stdout).not.toContain('caller');
    const other = await explain(['--header', 'x-token: opaque'], { env: ENV });
    expect(other.stdout).toMatch(/^note {4}No identity source takes what was sent[\s\S]*caller {2}anonymous/);
  });

  it('says what lint finds about the rules that cover the caller, and about no other', async () => {
    const odd = (name: string, kind: string) => ({ name, when: { kind }, grant: { 'room:**': ['publish'] } });
    await project.write({
      'odd.json': JSON.stringify({ rules: [odd('visitors', 'anonymous'), odd('members', 'user')] }),
    });
    const linted = await explain(['{"sub":"bob"}', '--config', 'odd.json', '--lint']);
    expect(linted).toMatchObject({ code: 0, stdout: expect.stringMatching(/\n(warning|note): rules\[1\]\./) });
    expect(linted.stdout).not.toContain('rules[0]');
    const { findings } = JSON.parse((await explain(['--config', 'odd.json', '--lint', '--json'])).stdout);
    expect(findings).toContainEqual(expect.objectContaining({ setting: expect.stringMatching(/^rules\[0\]/) }));
    expect((await explain(['{"sub":"bob"}', '--config', 'odd.json'])).stdout).not.toContain('rules[');
  });

  it('ends with 1 for a config that is wrong, JSON or not', async () => {
    await project.write({ 'bad.json': '{"rules": [{"name": "a", "grant": {"*": ["publish"]}}]}' });
    const { code, stdout } = await explain(['{"sub":"bob"}', '--config', 'bad.json', '--may', 'publish', '--on', 'a']);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/\nwrong {3}rules\[0\]\.grant\["\*"\]: /)]);
    expect(stdout).not.toMatch(/^(yes|no) /m);
  });

  it('names the file that is wrong, and the line where it throws (S10: and no more)', async () => {
    const throws = [
      `import { defineAuth } from 'ably-auth-functions';`,
      `export default defineAuth((env) => {`,
      `  if (!env.NEEDED) throw new Error('hunter2');`,
      `});`,
    ];
    await project.write({ 'five.js': 'export default 5;', 'nothing.js': '', 'throws.js': throws.join('\n') });
    const place = `${join(project.folder, 'throws.js')}:3:26`;
    const none = 'its default export was not made by defineAuth';
    for (const [file, problem] of [
      ['five.js', none],
      ['nothing.js', none],
      ['throws.js', `building it threw an Error at ${place}`],
    ] as const) {
      const { code, stdout } = await explain(['{"sub":"bob"}', '--config', file]);
      expect([code, stdout]).toEqual([1, expect.stringContaining(`\nwrong   ${file}: ${problem}. `)]);
      expect(stdout).not.toContain('hunter2');
    }
  });

  it.each([
    [['hunter2'], /Claims are a JSON object/],
    [[jwt({ sub: 'hunter2' })], /give it as --token/],
    [['{}', '--token', 'hunter2'], /not both/],
    [['--header', 'hunter2'], /'NAME: VALUE'/],
    [['--may', 'publish'], /belong together/],
    [['--may', 'hunter2', '--on', 'a'], /no such operation/],
    [['--kind', 'hunter2'], /--kind is one of/],
    [['--source', 'hunter2'], /--source is one of session, /],
    [['--capability', 'hunter2'], /would get 400/],
    [['-', '--token', '-'], /Only one value/],
  ])('ends with 2 for a question that cannot be asked, and repeats no value: %#', async (args, message) => {
    const { code, stdout, stderr } = await explain(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain(args[0] === '--may' || args[0] === '-' ? 'hunter2' : (args.at(-1) ?? ''));
  });
});
