/** `osls package --param="revoke=true"`: the function that revokes as docs/revocation.md has it turned on. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScratch } from '../support/scratch.ts';
import { readZip } from '../support/zip.ts';
import { packaging } from './packaging.ts';
import { copyProject, SECRET_ARN } from './project-copy.ts';

const scratch = createScratch('osls-revoke');
const { project, output, pack, deployed } = packaging(scratch.path);

beforeAll(async () => {
  copyProject(project);
  const asked = ['--param=revoke=true', '--param=store=true', '--param=logRetentionDays=90'];
  const { code, output: said } = await pack({ ABLY_API_KEY_SECRET_ID: SECRET_ARN }, ...asked);
  if (code !== 0) throw new Error(said);
});
afterAll(() => scratch.remove());

describe('osls package with the function that revokes', () => {
  it('packs it beside the other, without source maps', () => {
    const packed = (): readonly string[] => [...readZip(join(output, 'ably-auth.zip')).keys()];
    expect(packed()).toContain('dist/aws-lambda-revoke/ably-auth-revoke.mjs');
    expect(packed().filter((name) => name.endsWith('.map'))).toEqual([]);
  });

  it('gives it what the other has, and as long as the API waits', () => {
    const { AuthLambdaFunction: auth, RevokeLambdaFunction: revoke } = deployed().resources;
    expect(revoke?.Properties).toMatchObject({
      FunctionName: 'ably-auth-dev-revoke',
      Handler: 'dist/aws-lambda-revoke/ably-auth-revoke.handler',
      Timeout: '30',
      LoggingConfig: { LogGroup: '<RevokeLogGroup>', LogFormat: 'JSON', SystemLogLevel: 'WARN' },
    });
    for (const same of ['Environment', 'MemorySize', 'Role', 'Runtime', 'Architectures', 'TracingConfig']) {
      expect(revoke?.Properties[same], same).toEqual(auth?.Properties[same]);
    }
  });

  it('lets it write its log, which is deleted in time', () => {
    const { RevokeLogGroup, RevokeLogPolicy } = deployed().resources;
    expect(RevokeLogGroup?.Properties).toEqual({
      LogGroupName: '/aws/lambda/ably-auth-dev-revoke',
      RetentionInDays: '90',
    });
    expect(RevokeLogPolicy?.Properties).toMatchObject({
      Roles: ['<AuthRole>'],
      PolicyDocument: {
        Statement: [
          { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '<RevokeLogGroup.Arn>' },
        ],
      },
    });
  });

  it('leads every method to it, behind the authorizer where there is one', async () => {
    const route = (): unknown => deployed().resources.HttpApiRouteAnyApiAblyDashauthDashrevoke?.Properties;
    expect(route()).toMatchObject({ RouteKey: 'ANY /api/ably-auth-revoke', AuthorizationType: 'NONE' });
    const behind = ['--param=revoke=true', '--param=jwtIssuer=https://issuer.example/', '--param=jwtAudience=app'];
    await pack({ ABLY_API_KEY_SECRET_ID: SECRET_ARN }, ...behind);
    expect(route()).toMatchObject({ AuthorizationType: 'JWT', AuthorizerId: '<JwtAuthorizer>' });
    expect(deployed().resources.RevokeLambdaFunction?.Properties.Environment).toEqual(
      deployed().resources.AuthLambdaFunction?.Properties.Environment,
    );
  });

  it('leaves nothing of it in a package without', async () => {
    await pack({ ABLY_API_KEY_SECRET_ID: SECRET_ARN });
    expect([...readZip(join(output, 'ably-auth.zip')).keys()].filter((name) => /aws-lambda-revoke/.test(name))).toEqual(
      [],
    );
    expect(Object.keys(deployed().resources).filter((name) => /revoke/i.test(name))).toEqual([]);
  });
});
