/**
 * `osls package` in a fresh copy of the project: it builds first by itself, and what it would deploy is exactly this. What
 * it refuses is in refusals.test.ts.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScratch } from '../support/scratch.ts';
import { readZip } from '../support/zip.ts';
import { packaging } from './packaging.ts';
import { copyProject, SECRET_ARN } from './project-copy.ts';

const scratch = createScratch('osls');
const { project, output, pack, deployed } = packaging(scratch.path);

beforeAll(() => copyProject(project));
afterAll(() => scratch.remove());

describe('osls package', () => {
  it('builds by itself and packs the function, whole and without source maps', async () => {
    const { code, output: said } = await pack({
      ABLY_API_KEY_SECRET_ID: SECRET_ARN,
      ABLY_AUTH_ALLOWED_ORIGINS: 'https://app.example',
      ABLY_AUTH_SESSION_SECRET: '{{resolve:ssm:/ably}}',
    });
    expect(said).not.toMatch(/warning|deprecat/i);
    expect(code).toBe(0);
    const zip = join(output, 'ably-auth.zip');
    const packed = [...readZip(zip).keys()].sort();
    const built = readdirSync(join(project, 'dist/aws-lambda'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
      .map((entry) => join(entry.parentPath, entry.name).slice(project.length + 1));
    expect(packed).toEqual(built.sort());
    expect(packed).toContain('dist/aws-lambda/ably-auth.mjs');
  });

  it('deploys these resources and no others', () => {
    const types = Object.entries(deployed().resources).map(([name, { Type }]) => `${name} ${Type}`);
    expect(types.sort()).toEqual([
      'AccessLogGroup AWS::Logs::LogGroup',
      'AuthLambdaFunction AWS::Lambda::Function',
      'AuthLambdaPermissionHttpApi AWS::Lambda::Permission',
      'AuthLogGroup AWS::Logs::LogGroup',
      'AuthRole AWS::IAM::Role',
      'Dashboard AWS::CloudWatch::Dashboard',
      'DurationAlarm AWS::CloudWatch::Alarm',
      'ErrorsAlarm AWS::CloudWatch::Alarm',
      'HttpApi AWS::ApiGatewayV2::Api',
      'HttpApiIntegrationAuth AWS::ApiGatewayV2::Integration',
      'HttpApiRouteAnyApiAblyDashauth AWS::ApiGatewayV2::Route',
      'HttpApiRouteOptionsApiAblyDashauth AWS::ApiGatewayV2::Route',
      'HttpApiStage AWS::ApiGatewayV2::Stage',
      'IssuedFilter AWS::Logs::MetricFilter',
      'KeySourceAlarm AWS::CloudWatch::Alarm',
      'KeySourceFailedFilter AWS::Logs::MetricFilter',
      'RefusalsAlarm AWS::CloudWatch::Alarm',
      'RefusedFilter AWS::Logs::MetricFilter',
      'ServerErrorsAlarm AWS::CloudWatch::Alarm',
      'ServerlessDeploymentBucket AWS::S3::Bucket',
      'ServerlessDeploymentBucketPolicy AWS::S3::BucketPolicy',
      'ThrottlesAlarm AWS::CloudWatch::Alarm',
    ]);
  });

  it('lets the function read one secret and write one log, and nothing else', () => {
    const { AuthRole, AuthLogGroup } = deployed().resources;
    expect(AuthRole?.Properties.Policies).toEqual([
      {
        PolicyName: 'ably-auth',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: SECRET_ARN },
            { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '<AuthLogGroup.Arn>' },
          ],
        },
      },
    ]);
    expect(AuthRole?.Properties).not.toHaveProperty('ManagedPolicyArns');
    expect(AuthLogGroup?.Properties).toEqual({ LogGroupName: '/aws/lambda/ably-auth-dev-auth', RetentionInDays: '30' });
  });

  it('gives the function where its secrets are, and none of them', () => {
    expect(deployed().resources.AuthLambdaFunction?.Properties).toMatchObject({
      Handler: 'dist/aws-lambda/ably-auth.handler',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: '256',
      Timeout: '10',
      Environment: {
        Variables: {
          ABLY_API_KEY_SECRET_ID: SECRET_ARN,
          ABLY_AUTH_ALLOWED_ORIGINS: 'https://app.example',
          ABLY_AUTH_SESSION_SECRET: '{{resolve:ssm:/ably}}',
        },
      },
    });
  });

  it('sets the fuse against cost far above normal load, and elsewhere when asked', async () => {
    const settings = (): unknown => deployed().resources.HttpApiStage?.Properties.DefaultRouteSettings;
    expect(settings()).toMatchObject({ ThrottlingRateLimit: '1000', ThrottlingBurstLimit: '2000' });
    await pack({ ABLY_API_KEY_SECRET_ID: SECRET_ARN }, '--param', 'throttleRate=50', '--param', 'runtime=nodejs22.x');
    expect(settings()).toMatchObject({ ThrottlingRateLimit: '50', ThrottlingBurstLimit: '2000' });
    expect(deployed().resources.AuthLambdaFunction?.Properties.Runtime).toBe('nodejs22.x');
  });
});
