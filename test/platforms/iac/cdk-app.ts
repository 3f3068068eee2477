/**
 * A CDK app with stacks of every size, as somebody would write it. Prints what each synthesises as one JSON object; run
 * beside the construct, where aws-cdk-lib is installed.
 */
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AblyAuthEndpoint, type AblyAuthEndpointProps } from './infra/aws/cdk/ably-auth-endpoint.ts';

const codePath = process.argv[2] ?? '';
const apiKeySecretArn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:ably/api-key-AbCdEf';

const most: AblyAuthEndpointProps = {
  codePath,
  apiKeySecretArn,
  name: 'auth-of-acme',
  apiKeySecretField: 'apiKey',
  apiKeySecretKmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555',
  sessionSecret: 'secretsmanager:ably/session-secret',
  embeddedSecret: 'ssm:/ably/embedded-secret',
  operatorSecret: 'secretsmanager:ably/operator-secret',
  allowedOrigins: ['https://app.example', 'https://admin.example'],
  issuer: 'https://issuer.example/',
  audience: 'chat',
  jwksUrl: 'https://issuer.example/keys',
  tokenFormat: 'jwt',
  ttl: '15m',
  rateLimit: '60/1m',
  cors: 'platform',
  log: 'json',
  metrics: 'emf',
  serverTiming: true,
  ablyEndpoint: 'main.realtime.example',
  ablyPort: 8443,
  ablyTls: true,
  runtime: 'nodejs22.x',
  logRetentionDays: 90,
  throttleRate: 500,
  throttleBurst: 700,
  reservedConcurrency: 50,
  tracing: true,
  store: true,
  storeAddress: 'rediss://cache.example:6379',
  alarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:on-call',
  domain: {
    name: 'auth.app.example',
    certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555',
  },
  jwtAuthorizer: { issuer: 'https://issuer.example/', audience: ['chat', 'admin'] },
};

function synthesise(name: string, endpoints: Readonly<Record<string, AblyAuthEndpointProps>>): object {
  const stack = new Stack(new App({ analyticsReporting: false, outdir: `cdk.out/${name}` }), name);
  for (const [id, props] of Object.entries(endpoints)) new AblyAuthEndpoint(stack, id, props);
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::Lambda::Function', Object.keys(endpoints).length);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Handler: 'ably-auth.handler',
    Architectures: ['arm64'],
    Environment: { Variables: Match.objectLike({ ABLY_API_KEY_SECRET_ID: apiKeySecretArn }) },
  });
  return template.toJSON();
}

function refusal(props: Partial<AblyAuthEndpointProps>, region?: string): string {
  try {
    new AblyAuthEndpoint(new Stack(new App(), 'Refused', region ? { env: { region } } : {}), 'Auth', {
      ...most,
      ...props,
    });
    return 'it was made';
  } catch (error) {
    return (error as Error).message;
  }
}

const made = {
  least: synthesise('Least', { Auth: { codePath, apiKeySecretArn } }),
  most: synthesise('Most', { Auth: most }),
  own: synthesise('Own', { Auth: { codePath, apiKeySecretArn, environment: { TENANT: 'acme' } } }),
  two: synthesise('Two', {
    Auth: { codePath, apiKeySecretArn, name: 'one' },
    Other: { codePath, apiKeySecretArn, name: 'other' },
  }),
  refusal: refusal({
    apiKeySecretArn: 'ably/api-key',
    sessionSecret: 'hunter2',
    jwtAuthorizer: { issuer: 'https://issuer.example/', audience: [] },
    environment: { ABLY_API_KEY: 'hunter2' },
  }),
  elsewhere: refusal({}, 'eu-west-1'),
};
process.stdout.write(JSON.stringify(made));
