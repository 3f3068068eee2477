/** Claims as each front door writes them, read by the adapter that is deployed, brought to one identity. */
import { describe, expect, it } from 'vitest';
import { createLambdaHandler } from '../../../adapters/aws-lambda/handler.ts';
import { createNetlifyHandler } from '../../../adapters/netlify/handler.ts';
import type { AuthRequest } from '../../../core/http.ts';
import type { Identity, Verdict } from '../../../core/identity/identity.ts';
import { type PlatformIdentityOptions, platformIdentity } from '../../../core/identity/platform-identity.ts';
import httpApi1 from '../../adapters/fixtures/http-api-1.0.json' with { type: 'json' };
import httpApi2 from '../../adapters/fixtures/http-api-2.0.json' with { type: 'json' };
import rest1 from '../../adapters/fixtures/rest-1.0.json' with { type: 'json' };
import { createProbe, deepFreeze, onlyRequest } from '../../adapters/support/exchange.ts';
import { authRequest, jsonOf, NOW_MS, testEndpoint } from '../auth-request.ts';

const EXP = NOW_MS / 1000 + 3600;

interface Event {
  readonly requestContext: object;
}

async function readBy(event: Event, context: object): Promise<AuthRequest> {
  const probe = createProbe();
  const requestContext = { ...event.requestContext, ...context };
  await createLambdaHandler(probe.endpoint)(deepFreeze({ ...event, requestContext }), undefined);
  return onlyRequest(probe);
}

async function verdictOf(options: PlatformIdentityOptions, request: AuthRequest): Promise<Verdict | 'absent'> {
  const source = platformIdentity(options);
  expect(source.problems).toEqual([]);
  const context = { nowMs: NOW_MS, secureCookies: true };
  return source.carriesCredential(request, context) ? source.verify(request, context) : 'absent';
}

async function identityOf(options: PlatformIdentityOptions, request: AuthRequest): Promise<Identity> {
  const verdict = await verdictOf(options, request);
  if (verdict === 'absent' || verdict.kind !== 'identified') throw new Error(JSON.stringify(verdict));
  return verdict.identity;
}

const JWT_CLAIMS = {
  sub: 'u1',
  email_verified: 'true',
  groups: '[admin poweruser]',
  nickname: '[admin]',
  level: '7',
  auth_time: String(NOW_MS / 1000 - 60),
  exp: String(EXP),
};
const SHAPES = { arrayClaims: ['groups'], numberClaims: ['level'], booleanClaims: ['email_verified'] };
const COGNITO_CLAIMS = {
  sub: 'u1',
  'cognito:groups': 'admin,poweruser',
  token_use: 'id',
  aud: '1example23456789',
  exp: 'Tue Nov 14 23:13:20 UTC 2023',
  auth_time: String(NOW_MS / 1000 - 60),
};
const IAM_V2 = {
  accessKey: 'ASIAEXAMPLE',
  accountId: '123456789012',
  callerId: 'AROAEXAMPLE:web',
  cognitoIdentity: { amr: ['authenticated'], identityId: 'eu-west-1:id-1', identityPoolId: 'eu-west-1:pool' },
  principalOrgId: 'o-example',
  userArn: 'arn:aws:sts::123456789012:assumed-role/app/web',
  userId: 'AROAEXAMPLE:web',
};
const IAM_REST = {
  accessKey: 'ASIAEXAMPLE',
  accountId: '123456789012',
  caller: 'AROAEXAMPLE:web',
  cognitoAuthenticationType: 'authenticated',
  cognitoIdentityId: 'eu-west-1:id-1',
  cognitoIdentityPoolId: 'eu-west-1:pool',
  principalOrgId: null,
  userArn: 'arn:aws:sts::123456789012:assumed-role/app/web',
  user: 'AROAEXAMPLE:web',
  userAgent: 'anything',
};

describe('platformIdentity from a JWT authorizer', () => {
  it.each([
    ['payload 2.0', httpApi2, { authorizer: { jwt: { claims: JWT_CLAIMS, scopes: null } } }],
    ['payload 1.0', httpApi1, { authorizer: { claims: JWT_CLAIMS, scopes: null } }],
  ])('is the same identity in %s', async (_, event, context) => {
    expect(await identityOf({ from: 'jwt', ...SHAPES }, await readBy(event, context))).toEqual({
      source: 'platform',
      subject: 'u1',
      kind: 'user',
      claims: { ...JWT_CLAIMS, email_verified: true, groups: ['admin', 'poweruser'], level: 7 },
      authenticatedAtMs: NOW_MS - 60_000,
      expiresAtMs: EXP * 1000,
    });
  });

  it('S6: makes no list of a claim that the config does not call one', async () => {
    const request = await readBy(httpApi2, { authorizer: { jwt: { claims: JWT_CLAIMS } } });
    const { claims } = await identityOf({ from: 'jwt' }, request);
    expect(claims).toMatchObject({ groups: '[admin poweruser]', nickname: '[admin]', level: '7' });

    const rules = [
      { name: 'admins', when: { claims: { nickname: { contains: 'admin' } } }, grant: { admin: ['publish'] } },
      { name: 'all', grant: { room: ['subscribe'] } },
    ] as const;
    const sources = [platformIdentity({ from: 'jwt', arrayClaims: ['groups'] })];
    const answer = await testEndpoint({ sources, rules }).handle(request);
    expect(jsonOf(answer).capability).toBe('{"room":["subscribe"]}');
  });

  it.each([
    ['[]', []],
    ['[admin]', ['admin']],
    ['admin', ['admin']],
    ['[a  b]', ['a', 'b']],
    ['[a,b]', ['a,b']],
  ])('reads %j in a list claim as %j', async (text, list) => {
    const request = await readBy(httpApi2, { authorizer: { jwt: { claims: { ...JWT_CLAIMS, groups: text } } } });
    expect((await identityOf({ from: 'jwt', ...SHAPES }, request)).claims.groups).toEqual(list);
  });

  it('leaves out a number or a boolean that is none', async () => {
    const claims = { ...JWT_CLAIMS, level: '0x7', email_verified: 'yes' };
    const request = await readBy(httpApi2, { authorizer: { jwt: { claims } } });
    const { claims: read } = await identityOf({ from: 'jwt', ...SHAPES }, request);
    expect(read).not.toHaveProperty('level');
    expect(read).not.toHaveProperty('email_verified');
  });

  it.each([
    ['has expired', { exp: String(NOW_MS / 1000) }, 'expired-credential'],
    ['has an end that cannot be read', { exp: 'tomorrow' }, 'bad-credential'],
    ['has an end before all time', { exp: '-1' }, 'bad-credential'],
    ['names nobody', { sub: '' }, 'bad-credential'],
  ])('S8: is 401 when it %s', async (_, claims, reason) => {
    const request = await readBy(httpApi2, { authorizer: { jwt: { claims: { ...JWT_CLAIMS, ...claims } } } });
    expect(await verdictOf({ from: 'jwt' }, request)).toMatchObject({ kind: 'rejected', reason });
  });

  it('names the caller by another claim, and has no end without exp', async () => {
    const request = await readBy(httpApi2, { authorizer: { jwt: { claims: { oid: 'o1', sid: 's1' } } } });
    const identity = await identityOf({ from: 'jwt', subjectClaim: 'oid' }, request);
    expect(identity).toMatchObject({ subject: 'o1', sessionId: 's1', claims: { sub: 'o1' } });
    expect(identity).not.toHaveProperty('expiresAtMs');
  });
});

describe('platformIdentity from a Cognito authorizer', () => {
  const options = { from: 'cognito', arrayClaims: ['cognito:groups'] } as const;

  it('reads comma lists and its own way of writing a date', async () => {
    const request = await readBy(rest1, { authorizer: { claims: COGNITO_CLAIMS } });
    expect(await identityOf(options, request)).toMatchObject({
      subject: 'u1',
      claims: { 'cognito:groups': ['admin', 'poweruser'] },
      expiresAtMs: EXP * 1000,
      authenticatedAtMs: NOW_MS - 60_000,
    });
  });

  it('refuses the token of another app of the pool where the config names ours', async () => {
    const requiredClaims = { token_use: 'id', aud: ['1example23456789', 'another'] };
    const request = (claims: object) => readBy(rest1, { authorizer: { claims: { ...COGNITO_CLAIMS, ...claims } } });
    expect(await identityOf({ ...options, requiredClaims }, await request({}))).toMatchObject({ subject: 'u1' });
    for (const claims of [{ aud: 'theirs' }, { token_use: 'access' }, { aud: undefined }]) {
      expect(await verdictOf({ ...options, requiredClaims }, await request(claims))).toMatchObject({
        kind: 'rejected',
        reason: 'bad-credential',
      });
    }
  });
});

describe('platformIdentity from a Lambda authorizer', () => {
  it.each([
    ['payload 2.0', httpApi2, { lambda: { principalId: 'u1', teams: ['a', 'b'] } }],
    ['payload 1.0', httpApi1, { principalId: 'u1', integrationLatency: 12, teams: '["a","b"]' }],
    ['REST', rest1, { principalId: 'u1', integrationLatency: 12, teams: '["a","b"]' }],
  ])('is the same identity in %s', async (_, event, authorizer) => {
    expect(await identityOf({ from: 'lambda', arrayClaims: ['teams'] }, await readBy(event, { authorizer }))).toEqual({
      source: 'platform',
      subject: 'u1',
      kind: 'user',
      claims: { principalId: 'u1', teams: ['a', 'b'], sub: 'u1' },
    });
  });

  it('leaves out a list that is no JSON', async () => {
    const request = await readBy(rest1, { authorizer: { principalId: 'u1', teams: '[a b]' } });
    const { claims } = await identityOf({ from: 'lambda', arrayClaims: ['teams'] }, request);
    expect(claims).not.toHaveProperty('teams');
  });

  it('S14: is taken for something that a browser sends by itself, unless told otherwise', () => {
    expect(platformIdentity({ from: 'lambda' }).ambient).toBe(true);
    expect(platformIdentity({ from: 'lambda', ambient: false }).ambient).toBe(false);
    expect(platformIdentity({ from: 'jwt' }).ambient).toBe(false);
    expect(platformIdentity({ from: 'netlify' }).ambient).toBe(true);
  });
});

describe('platformIdentity from IAM', () => {
  const options = { from: 'iam', subjectClaim: 'cognitoIdentityId' } as const;
  const v2 = (iam: object) => readBy(httpApi2, { authorizer: { iam } });
  const rest = (identity: object) =>
    readBy(rest1, { identity: { ...rest1.requestContext.identity, ...identity }, authorizer: undefined });

  it('is the same identity in a REST API, without key ids and the User-Agent', async () => {
    const expected = {
      userArn: IAM_V2.userArn,
      userId: 'AROAEXAMPLE:web',
      callerId: 'AROAEXAMPLE:web',
      accountId: '123456789012',
      cognitoIdentityId: 'eu-west-1:id-1',
      cognitoIdentityPoolId: 'eu-west-1:pool',
      sub: 'eu-west-1:id-1',
    };
    const fromV2 = await identityOf(options, await v2(IAM_V2));
    expect(fromV2).toMatchObject({ subject: 'eu-west-1:id-1', kind: 'user' });
    expect(fromV2.claims).toEqual({ ...expected, principalOrgId: 'o-example' });
    expect((await identityOf(options, await rest(IAM_REST))).claims).toEqual(expected);
  });

  it('S1: whoever has not signed in at the identity pool is a guest, and no user', async () => {
    const pool = { ...IAM_V2.cognitoIdentity, amr: ['unauthenticated'] };
    expect(await identityOf(options, await v2({ ...IAM_V2, cognitoIdentity: pool }))).toMatchObject({ kind: 'guest' });
    const unauthenticated = { ...IAM_REST, cognitoAuthenticationType: 'unauthenticated' };
    expect(await identityOf(options, await rest(unauthenticated))).toMatchObject({ kind: 'guest' });
  });

  it('is 401 for a principal outside of the pool', async () => {
    expect(await verdictOf(options, await v2({ ...IAM_V2, cognitoIdentity: null }))).toMatchObject({
      kind: 'rejected',
    });
  });

  it('demands a subject, since the ARN of an assumed role ends as its user likes', () => {
    expect(platformIdentity({ from: 'iam' }).problems).toHaveLength(1);
  });
});

describe('platformIdentity from Netlify', () => {
  const user = { sub: 'u1', email: 'ada@example.com', exp: EXP, app_metadata: { roles: ['editor'] } };
  const seenWith = async (context: object) => {
    const probe = createProbe();
    const handler = createNetlifyHandler(probe.endpoint);
    await handler(new Request('https://site.example/api/ably-auth'), context as Parameters<typeof handler>[1]);
    return onlyRequest(probe);
  };

  it('is the user of the context', async () => {
    const request = await seenWith({ ip: '203.0.113.7', clientContext: { user } });
    expect(await identityOf({ from: 'netlify' }, request)).toMatchObject({
      subject: 'u1',
      claims: { app_metadata: { roles: ['editor'] } },
      expiresAtMs: EXP * 1000,
    });
  });

  it.each([{}, { clientContext: null }, { clientContext: {} }, { clientContext: { user: 'u1' } }])(
    'is nobody with the context %j',
    async (context) => {
      expect(await verdictOf({ from: 'netlify' }, await seenWith(context))).toBe('absent');
    },
  );
});

describe('platformIdentity', () => {
  it('S17: takes no header for proof', async () => {
    const headers = {
      'x-amzn-oidc-identity': 'admin',
      'x-amzn-oidc-data': 'e30.eyJzdWIiOiJhZG1pbiJ9.AA',
      'x-amzn-requestcontext': '{"authorizer":{"jwt":{"claims":{"sub":"admin"}}}}',
      'x-forwarded-user': 'admin',
      'x-nf-user': 'admin',
    };
    for (const from of ['jwt', 'lambda', 'cognito', 'netlify'] as const) {
      expect(await verdictOf({ from }, authRequest({ headers }))).toBe('absent');
    }
  });

  it('leaves what another authorizer verified to others', async () => {
    const request = await readBy(httpApi2, { authorizer: { lambda: { sub: 'u1' } } });
    expect(await verdictOf({ from: 'jwt' }, request)).toBe('absent');
    expect(await verdictOf({ from: 'lambda', subjectClaim: 'sub' }, request)).toMatchObject({ kind: 'identified' });
    const unsaid = authRequest({ platform: { verifiedClaims: { sub: 'u1' } } });
    expect(await verdictOf({ from: 'jwt' }, unsaid)).toBe('absent');
  });

  it('reads own properties only', async () => {
    const request = await readBy(httpApi2, { authorizer: { jwt: { claims: { sub: 'u1' } } } });
    for (const subjectClaim of ['constructor', 'toString', '__proto__']) {
      expect(await verdictOf({ from: 'jwt', subjectClaim }, request)).toMatchObject({ kind: 'rejected' });
    }
  });

  it.each([
    [{ from: 'header' as never }],
    [{ from: 'jwt' as const, subjectClaim: '' }],
    [{ from: 'jwt' as const, arrayClaims: 'groups' as never }],
    [{ from: 'jwt' as const, numberClaims: [7] as never }],
  ])('says what is wrong with %j', (options) => {
    expect(platformIdentity(options).problems).toHaveLength(1);
  });
});
