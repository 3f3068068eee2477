/** `revoke` by the installed command, through a real endpoint and with the key itself: a real client is cut off, or left alone. */
import { createHmac } from 'node:crypto';
import * as Ably from 'ably';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { memoryStore, sharedSecretJwt } from '../../index.ts';
import { STAGE_KEY, type Stage, startStage, untilState } from '../stage.ts';
import { type InstalledProject, installProject, type Ran } from './installed.ts';

const SECRET = 'an-obviously-fake-shared-secret-of-32-bytes';
const CONFIG = `
import { defineAuth, sharedSecretJwt } from 'ably-auth-functions';
export default defineAuth((env) => ({
  sources: [sharedSecretJwt({ secrets: ['${SECRET}'], issuer: 'https://a.example', audience: 'app' })],
  rules: [{ name: 'members', grant: { 'room:*': ['subscribe'] }, mayRevoke: 'self' }],
  revocable: true,
}));
`;

function jwt(claims: Readonly<Record<string, unknown>>): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const nowSeconds = Math.floor(Date.now() / 1000);
  const all = { iss: 'https://a.example', aud: 'app', iat: nowSeconds - 5, exp: nowSeconds + 600, ...claims };
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(all)}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

let project: InstalledProject;
let stage: Stage;
let bob: Ably.Realtime;
beforeAll(async () => {
  project = await installProject();
  await project.write({ 'auth.config.js': CONFIG });
});
afterAll(() => project.remove());

beforeEach(async () => {
  stage = await startStage({
    config: {
      sources: [sharedSecretJwt({ secrets: [SECRET], issuer: 'https://a.example', audience: 'app' })],
      rules: [
        { name: 'members', grant: { 'room:*': ['subscribe'] }, mayRevoke: 'self' },
        { name: 'operators', when: { claims: { role: 'operator' } }, grant: {}, mayRevoke: 'anyone' },
      ],
      revocable: true,
      store: memoryStore(),
    },
    service: { keys: [{ ...STAGE_KEY, revocableTokens: true }] },
  });
  const authHeaders = { authorization: `Bearer ${jwt({ sub: 'bob' })}` };
  bob = new Ably.Realtime({
    ...stage.clientOptions(),
    ...{ authUrl: stage.authUrl, authHeaders, disconnectedRetryTimeout: 100 },
  });
  await untilState(bob, 'connected');
});
afterEach(async () => {
  bob.close();
  await stage.close();
});

async function revoke(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const ran = await project.run(['revoke', ...args], { env });
  for (const secret of [SECRET, STAGE_KEY.secret, ...Object.values(env).filter((value) => value.startsWith('ey'))]) {
    expect(ran.stdout + ran.stderr).not.toContain(secret);
  }
  return ran;
}

const OPERATOR = { OPERATOR_TOKEN: jwt({ sub: 'olga', role: 'operator' }) };
const through = (): readonly string[] => ['--url', stage.revokeUrl, '--bearer-env', 'OPERATOR_TOKEN'];

describe('ably-auth-functions revoke --url', () => {
  it('bans: the client is cut off and stops, and a lift lets it in again', async () => {
    const failed = untilState(bob, 'failed');
    const { code, stdout } = await revoke(['clientId:bob', '--ban', '2h', ...through()], OPERATOR);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^done clientId:bob: banned until \d{4}-\S+Z; revoked under stageapp\.stagekey\n$/),
    ]);
    await failed;
    const lifted = await revoke(['--source', 'sharedSecretJwt', '--subject', 'bob', '--lift', ...through()], OPERATOR);
    expect(lifted).toMatchObject({ code: 0, stdout: 'done sharedSecretJwt bob: lifted\n' });
    bob.connect();
    await untilState(bob, 'connected');
  });

  it('revokes and refuses nobody: the client comes back by itself', async () => {
    const gone = bob.connection.once('connecting');
    const { code, stdout } = await revoke(['clientId:bob', '--json', ...through()], OPERATOR);
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      [{ target: 'clientId:bob', ok: true, revoked: [{ keyName: STAGE_KEY.name }] }],
    ]);
    await gone;
    await untilState(bob, 'connected');
  });

  it('says what was not done, and who may not', async () => {
    const group = await revoke(['revocationKey:team-7', '--ban', '2h', ...through()], OPERATOR);
    expect(group).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^not done revocationKey:team-7: Only a clientId or a person/),
    });
    const member = await revoke(['clientId:bob', ...through()], { OPERATOR_TOKEN: jwt({ sub: 'eve' }) });
    expect(member).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^The endpoint answers 403: .*mayRevoke/),
    });
    const issuing = await revoke(
      ['clientId:bob', '--url', `${stage.authUrl}-nowhere`, '--bearer-env', 'OPERATOR_TOKEN'],
      OPERATOR,
    );
    expect(issuing).toMatchObject({ code: 1, stderr: expect.stringMatching(/^The endpoint answers 404/) });
  });
});

describe('ably-auth-functions revoke', () => {
  it('revokes with the key itself, and bans nobody where nothing is remembered', async () => {
    const { service } = stage;
    const env = {
      ABLY_API_KEY: `${STAGE_KEY.name}:${STAGE_KEY.secret}`,
      ...{ ABLY_ENDPOINT: service.host, ABLY_PORT: String(service.port), ABLY_TLS: 'false' },
    };
    const gone = bob.connection.once('connecting');
    const revoked = await revoke(['clientId:bob'], env);
    expect(revoked).toMatchObject({ code: 0, stdout: 'done clientId:bob: revoked under stageapp.stagekey\n' });
    await gone;
    const banned = await revoke(['clientId:bob', '--ban', '2h'], env);
    expect(banned).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^not done sharedSecretJwt bob: There is no store/),
    });
    const remembered = await revoke(['clientId:bob', '--sign-out'], { ...env, ABLY_AUTH_STORE: 'memory' });
    expect(remembered).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^done sharedSecretJwt bob: signed-out; revoked/),
    });
  });

  it.each([
    [[], /^Say who: clientId:bob, or --source/],
    [['hunter2'], /^A target is clientId:…, revocationKey:…, channel:…\./],
    [['clientId:bob', '--subject', 'hunter2'], /^Either a target or a person/],
    [['clientId:bob', '--ban', 'hunter2'], /^--ban is a whole number and its unit/],
    [['clientId:bob', '--ban', '2h', '--lift'], /^At most one of/],
    [['clientId:bob', '--session', 'hunter2'], /^--session belongs to --sign-out/],
    [['clientId:bob', '--url', 'hunter2'], /^--url is no address/],
    [
      ['clientId:bob', '--url', 'http://auth.example/x', '--bearer-env', 'OPERATOR_TOKEN'],
      /plain HTTP to another machine/,
    ],
    [
      ['clientId:bob', '--url', 'https://auth.example/x', '--bearer-env', 'hunter2'],
      /^--bearer-env names the variable/,
    ],
    [['clientId:bob'], /^Not configured: ABLY_API_KEY: .*[^.]\.\nSee /],
  ])('ends with 2 for what cannot be tried: %j', async (args, message) => {
    const { code, stdout, stderr } = await revoke(args, args.includes('--url') ? OPERATOR : {});
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
    expect(stderr).not.toContain('hunter2');
  });
});
