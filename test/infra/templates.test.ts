/** What the AWS templates make: exactly these rights, this API, these logs, and no secret. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXPOSED_HEADERS } from '../../core/wire/cors.ts';
import { ALLOWED_HEADERS } from '../../core/wire/preflight.ts';
import { assembleTemplates } from '../../dev/infra/assemble-templates.ts';
import { deploy, type Stack } from './cloudformation.ts';
import { LEAST, MOST, PLAIN, ROOT, readTemplate, SECRET_ARN } from './templates.ts';

const template = readTemplate(PLAIN);
const code = { CodeBucket: 'a-bucket', CodeKey: 'a-key.zip' };
const least = deploy(template, { ...LEAST, ...code });
const most = deploy(template, { ...MOST, ...code });

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string;
}

function statements({ resources }: Stack): readonly Statement[] {
  const policies = resources.AuthRole?.Properties.Policies as
    | readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[]
    | undefined;
  const [policy, ...others] = policies ?? [];
  expect(others).toEqual([]);
  return policy?.PolicyDocument.Statement ?? [];
}

const ONE_SECRET = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: SECRET_ARN };
const ONE_LOG = {
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: '<AuthLogGroup.Arn>',
};

describe('the templates that tools without includes need', () => {
  it.each(assembleTemplates(ROOT).map(({ path, text }) => [path, text] as const))(
    '%s is what the fragments make (npm run templates)',
    (path, text) => expect(readFileSync(join(ROOT, path), 'utf8')).toBe(text),
  );
});

describe('the role', () => {
  it('may read one secret and write one log, and nothing else', () => {
    expect(statements(least)).toEqual([ONE_SECRET, ONE_LOG]);
    expect(least.resources.AuthRole?.Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  it('may with every option also decrypt with one key, use one table and send traces', () => {
    expect(statements(most)).toEqual([
      ONE_SECRET,
      ONE_LOG,
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: MOST.ApiKeySecretKmsKeyArn,
        Condition: {
          StringEquals: {
            'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com',
            'kms:EncryptionContext:SecretARN': SECRET_ARN,
          },
        },
      },
      {
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
        Resource: '<StoreTable.Arn>',
      },
      { Effect: 'Allow', Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: '*' },
    ]);
  });

  it('has no wildcard but the one that X-Ray cannot do without', () => {
    const wild = [...statements(least), ...statements(most)].filter((each) => JSON.stringify(each).includes('*'));
    expect(wild.map(({ Action }) => Action)).toEqual([['xray:PutTraceSegments', 'xray:PutTelemetryRecords']]);
  });

  it('decrypts in the region of the secret, which may be another', () => {
    const arn = SECRET_ARN.replace('us-east-1', 'eu-west-1');
    const stack = deploy(template, { ...MOST, ...code, ApiKeySecretArn: arn });
    expect(JSON.stringify(statements(stack))).toContain('"kms:ViaService":"secretsmanager.eu-west-1.amazonaws.com"');
  });
});

describe('the function', () => {
  it('is told where things are, and no value of a secret', () => {
    expect(least.resources.AuthLambdaFunction?.Properties).toMatchObject({
      FunctionName: 'ably-auth',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: '256',
      Timeout: '10',
      TracingConfig: { Mode: 'PassThrough' },
      LoggingConfig: { LogGroup: '<AuthLogGroup>', LogFormat: 'JSON' },
      Environment: { Variables: { ABLY_API_KEY_SECRET_ID: SECRET_ARN } },
    });
    expect(least.resources.AuthLambdaFunction?.Properties).not.toHaveProperty('ReservedConcurrentExecutions');
    expect(most.resources.AuthLambdaFunction?.Properties.Environment).toEqual({
      Variables: {
        ABLY_API_KEY_SECRET_ID: SECRET_ARN,
        ABLY_API_KEY_SECRET_FIELD: 'apiKey',
        ABLY_AUTH_SESSION_SECRET: '{{resolve:secretsmanager:ably/session-secret}}',
        ABLY_AUTH_EMBEDDED_SECRET: '{{resolve:ssm:/ably/embedded-secret}}',
        ABLY_AUTH_OPERATOR_SECRET: '{{resolve:secretsmanager:ably/operator-secret}}',
        ABLY_AUTH_ALLOWED_ORIGINS: 'https://app.example,https://admin.example',
        ABLY_AUTH_ISSUER: 'https://issuer.example/',
        ABLY_AUTH_AUDIENCE: 'chat',
        ABLY_AUTH_JWKS_URL: 'https://issuer.example/keys',
        ABLY_AUTH_TOKEN_FORMAT: 'jwt',
        ABLY_AUTH_RATE_LIMIT: '60/1m',
        ABLY_AUTH_TTL: '15m',
        ABLY_AUTH_CORS: 'platform',
        ABLY_AUTH_LOG: 'json',
        ABLY_AUTH_METRICS: 'emf',
        ABLY_AUTH_SERVER_TIMING: 'true',
        ABLY_AUTH_STORE: 'dynamodb:<StoreTable>',
        ABLY_ENDPOINT: 'main.realtime.example',
        ABLY_PORT: '8443',
        ABLY_TLS: 'true',
      },
    });
  });

  it('writes a log that the template makes, and that is deleted in time', () => {
    expect(least.resources.AuthLogGroup?.Properties).toEqual({
      LogGroupName: '/aws/lambda/ably-auth',
      RetentionInDays: '30',
    });
    const logs = Object.values(most.resources).filter(({ Type }) => Type === 'AWS::Logs::LogGroup');
    expect(logs.map(({ Properties }) => Properties.RetentionInDays)).toEqual(['90', '90']);
  });
});

describe('the API', () => {
  const routes = (stack: Stack): unknown =>
    Object.values(stack.resources)
      .filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route')
      .map(({ Properties: { RouteKey, AuthorizationType, AuthorizerId } }) => [
        RouteKey,
        AuthorizationType,
        ...(AuthorizerId ? [AuthorizerId] : []),
      ]);

  it('leads every method to the function, so that a wrong one gets our 405', () => {
    expect(routes(least)).toEqual([
      ['ANY /api/ably-auth', 'NONE'],
      ['OPTIONS /api/ably-auth', 'NONE'],
    ]);
    expect(least.resources.HttpApi?.Properties).not.toHaveProperty('CorsConfiguration');
  });

  it('lets preflights pass the authorizer, and writes then the CORS headers that the function would', () => {
    expect(routes(most)).toEqual([
      ['ANY /api/ably-auth', 'JWT', '<JwtAuthorizer>'],
      ['OPTIONS /api/ably-auth', 'NONE'],
    ]);
    expect(most.resources.HttpApi?.Properties.CorsConfiguration).toEqual({
      AllowOrigins: ['https://app.example', 'https://admin.example'],
      AllowMethods: ['GET', 'POST', 'OPTIONS'],
      AllowHeaders: ALLOWED_HEADERS.split(', '),
      ExposeHeaders: EXPOSED_HEADERS.toLowerCase().split(', '),
      AllowCredentials: 'true',
      MaxAge: '600',
    });
    const behind = deploy(template, { ...LEAST, ...code, JwtIssuer: 'https://issuer.example/', JwtAudience: 'chat' });
    expect(behind.resources.AuthLambdaFunction?.Properties.Environment).toMatchObject({
      Variables: { ABLY_AUTH_CORS: 'platform' },
    });
    expect(behind.resources.HttpApi?.Properties).not.toHaveProperty('CorsConfiguration');
  });

  it('has a fuse far above normal load, and a log without headers and query strings', () => {
    expect(least.resources.HttpApiStage?.Properties.DefaultRouteSettings).toEqual({
      ThrottlingRateLimit: '1000',
      ThrottlingBurstLimit: '2000',
      DetailedMetricsEnabled: 'false',
    });
    const settings = least.resources.HttpApiStage?.Properties.AccessLogSettings as
      | { readonly Format: string }
      | undefined;
    const fields = Object.values(JSON.parse(settings?.Format ?? '{}') as Record<string, string>);
    expect(fields).toContain('$context.status');
    // A path of ours holds nothing, but `$context.path` would be of whatever anybody asks for.
    expect(fields.filter((field) => /header|query|authorization|path|claims/i.test(field))).toEqual([]);
  });
});

describe('what is opted into', () => {
  it('is not there unless asked for', () => {
    const types = Object.values(least.resources).map(({ Type }) => Type);
    const optional = ['AWS::DynamoDB::Table', 'AWS::ApiGatewayV2::DomainName', 'AWS::ApiGatewayV2::Authorizer'];
    expect(types.filter((type) => optional.includes(type))).toEqual([]);
    expect(Object.keys(least.outputs).sort()).toEqual(['AuthUrl', 'FunctionArn', 'LogGroupName']);
  });

  it('keeps grants and the gate in a table that expires, can be restored and stays when the stack goes', () => {
    expect(most.resources.StoreTable).toEqual({
      Type: 'AWS::DynamoDB::Table',
      DeletionPolicy: 'Retain',
      Properties: {
        TableName: 'auth-of-acme',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: 'true' },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: 'true' },
      },
    });
  });

  it('can keep them elsewhere', () => {
    const stack = deploy(template, { ...LEAST, ...code, StoreAddress: 'rediss://cache.example:6379' });
    expect(stack.resources.AuthLambdaFunction?.Properties.Environment).toMatchObject({
      Variables: { ABLY_AUTH_STORE: 'rediss://cache.example:6379' },
    });
    expect(stack.resources).not.toHaveProperty('StoreTable');
  });

  it('answers at a domain of one’s own', () => {
    expect(least.outputs.AuthUrl).toBe('https://<HttpApi>.execute-api.us-east-1.amazonaws.com/api/ably-auth');
    expect(most.outputs).toMatchObject({
      AuthUrl: 'https://auth.app.example/api/ably-auth',
      DomainTarget: '<Domain.RegionalDomainName>',
    });
  });
});

describe('the rules', () => {
  it.each([
    ['DomainName', 'CertificateArn'],
    ['CertificateArn', 'DomainName'],
    ['JwtIssuer', 'JwtAudience'],
    ['JwtAudience', 'JwtIssuer'],
  ])('refuse %s without %s, as serverless.yml does', (one, other) => {
    const isSet = (name: string): object => ({ 'Fn::Not': [{ 'Fn::Equals': [{ Ref: name }, ''] }] });
    const { Rules = {} } = template as { readonly Rules?: Readonly<Record<string, object>> };
    expect(Object.values(Rules)).toContainEqual({
      RuleCondition: isSet(one),
      Assertions: [{ Assert: isSet(other), AssertDescription: expect.stringContaining(`${one} needs ${other}`) }],
    });
  });
});

describe('serverless.yml', () => {
  it('can set every parameter that the fragments have', async () => {
    const settings = createRequire(import.meta.url)(join(ROOT, 'infra/aws/settings.cjs')) as {
      readonly NAMES: readonly string[];
    };
    const own = ['CodeBucket', 'CodeKey'];
    const parameters = Object.keys(template.Parameters ?? {}).filter((name) => !own.includes(name));
    expect([...settings.NAMES].sort()).toEqual(parameters.sort());
  });
});
