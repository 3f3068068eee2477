/**
 * The endpoint as a CDK construct: typed names for the parameters of infra/aws/cloudformation.yml, and nothing of its own.
 *
 * What is wrong with the options is said when the app is synthesised, all at once, by option; what the template's own
 * patterns refuse, CloudFormation says when it deploys.
 */
import { fileURLToPath } from 'node:url';
import { Annotations, Stack, Token } from 'aws-cdk-lib';
import type { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { Construct } from 'constructs';

export interface AblyAuthEndpointProps {
  /** The whole ARN of the secret that holds the Ably API key, in the stack's own region. Its value appears nowhere in it. */
  readonly apiKeySecretArn: string;
  /** The field that holds the key, when the secret is JSON. */
  readonly apiKeySecretField?: string;
  /** The customer managed KMS key that encrypts the secret, if there is one. */
  readonly apiKeySecretKmsKeyArn?: string;
  /** The function's name; other names begin with it. Default: `ably-auth`. One to an account and region. */
  readonly name?: string;
  /** Folder of the built function, `dist/aws-lambda`. Default: that of this repository; run `npm run build` first. */
  readonly codePath?: string;

  /** Where the secret that signs session cookies is kept: `secretsmanager:ably/session-secret`. Never its value. */
  readonly sessionSecret?: string;
  /** Where the secret that signs the JWT around a credential is kept, for the format `embedded-jwt`. Never its value. */
  readonly embeddedSecret?: string;
  /** Where the secret that opens the details of `?health` is kept. Never its value. */
  readonly operatorSecret?: string;
  /** Exact origins that may call from a browser. */
  readonly allowedOrigins?: readonly string[];
  /** Who signs the callers' tokens, and whom these are for, when the function verifies them itself. */
  readonly issuer?: string;
  readonly audience?: string;
  readonly jwksUrl?: string;
  readonly tokenFormat?: string;
  /** Such as `15m`; `1h` by default. */
  readonly ttl?: string;
  /** How often one caller may ask, such as `60/1m`; not limited by default. */
  readonly rateLimit?: string;
  readonly cors?: 'function' | 'platform';
  readonly log?: 'json' | 'pretty' | 'silent';
  /** CloudWatch metrics out of the lines of the log, ten or so, which cost what custom metrics do. Default: none. */
  readonly metrics?: 'emf';
  /** Whether a credential comes with `Server-Timing`, how long each stage took. Default false. */
  readonly serverTiming?: boolean;
  readonly ablyEndpoint?: string;
  readonly ablyPort?: number;
  readonly ablyTls?: boolean;
  /** Settings that only your `auth.config.ts` reads. No secrets: they would be in the template. */
  readonly environment?: Readonly<Record<string, string>>;

  readonly runtime?: 'nodejs24.x' | 'nodejs22.x';
  /** Default 30. One of the numbers that CloudWatch Logs knows. */
  readonly logRetentionDays?: number;
  /** A fuse against cost: requests a second, default 1,000, and at once, default 2,000. */
  readonly throttleRate?: number;
  readonly throttleBurst?: number;
  /** Reserves and caps concurrent executions. New accounts have ten in all and refuse it. */
  readonly reservedConcurrency?: number;
  /** Whether requests are traced with X-Ray. */
  readonly tracing?: boolean;
  /** Whether to make a DynamoDB table for grants and the gate. It stays when the stack goes. */
  readonly store?: boolean;
  /** Another store in its place, as `ABLY_AUTH_STORE` has it; without a password, which would be in the template. */
  readonly storeAddress?: string;
  /** The SNS topic that is told of alarms. */
  readonly alarmTopicArn?: string;
  /** A domain of your own and its certificate, in this region. */
  readonly domain?: { readonly name: string; readonly certificateArn: string };
  /**
   * Has the API verify tokens before the function is called. Its own 401 carries `WWW-Authenticate`, which Ably's Java
   * client does not survive with `authUrl`, and cookies and visitors no longer get in: prefer `issuer`.
   */
  readonly jwtAuthorizer?: { readonly issuer: string; readonly audience: readonly string[] };
}

const SECRET_ARN = /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/;
const REFERENCE = /^(secretsmanager|ssm):[^{}]+$/;

export class AblyAuthEndpoint extends Construct {
  /** The `authUrl` of your Ably clients. */
  readonly authUrl: string;
  readonly function: CfnFunction;
  readonly role: CfnRole;

  constructor(scope: Construct, id: string, props: AblyAuthEndpointProps) {
    super(scope, id);
    refuseProblems(props, Stack.of(this).region);
    const path = props.codePath ?? fileURLToPath(new URL('../../../dist/aws-lambda', import.meta.url));
    const code = new Asset(this, 'Code', { path, exclude: ['**/*.map'] });
    const template = new CfnInclude(this, 'Endpoint', {
      templateFile: fileURLToPath(new URL('../cloudformation.yml', import.meta.url)),
      // So that two of them fit into one stack.
      preserveLogicalIds: false,
      parameters: { ...parameters(props), CodeBucket: code.s3BucketName, CodeKey: code.s3ObjectKey },
    });
    // The ARNs of a topic and a certificate are empty by default, and then under conditions that do not hold.
    Annotations.of(template).acknowledgeWarning('CloudFormation-Validate::W1030');
    this.function = template.getResource('AuthLambdaFunction') as CfnFunction;
    this.role = template.getResource('AuthRole') as CfnRole;
    this.authUrl = template.getOutput('AuthUrl').value;
    for (const [name, value] of Object.entries(props.environment ?? {})) {
      this.function.addPropertyOverride(`Environment.Variables.${name}`, value);
    }
  }
}

function refuseProblems(
  {
    apiKeySecretArn,
    sessionSecret,
    embeddedSecret,
    operatorSecret,
    jwtAuthorizer,
    environment = {},
  }: AblyAuthEndpointProps,
  stackRegion: string,
): void {
  const problems: string[] = [];
  if (!Token.isUnresolved(apiKeySecretArn)) {
    const secretRegion = SECRET_ARN.exec(apiKeySecretArn)?.[1];
    if (!secretRegion) {
      problems.push('apiKeySecretArn: write the whole ARN of a secret, the six characters at its end included');
    } else if (!Token.isUnresolved(stackRegion) && secretRegion !== stackRegion) {
      problems.push(`apiKeySecretArn: write that of a secret in ${stackRegion}, where the function looks for it`);
    }
  }
  for (const [name, secret] of Object.entries({ sessionSecret, embeddedSecret, operatorSecret })) {
    if (secret === undefined || Token.isUnresolved(secret) || REFERENCE.test(secret)) continue;
    problems.push(`${name}: write where it is kept, such as secretsmanager:ably/session-secret, and not its value`);
  }
  if (jwtAuthorizer?.audience.length === 0) problems.push('jwtAuthorizer.audience: name whom the tokens must be for');
  for (const name of [
    'ABLY_API_KEY',
    'ABLY_API_KEY_PREVIOUS',
    'ABLY_AUTH_SESSION_SECRET',
    'ABLY_AUTH_EMBEDDED_SECRET',
    'ABLY_AUTH_OPERATOR_SECRET',
  ]) {
    if (name in environment) problems.push(`environment.${name}: a secret would be in the template`);
  }
  if (problems.length > 0) throw new Error(`AblyAuthEndpoint cannot be made:\n- ${problems.join('\n- ')}`);
}

/** What is not said is left to the template's default. */
function parameters(props: AblyAuthEndpointProps): Record<string, unknown> {
  const { ablyPort, ablyTls, logRetentionDays, throttleRate, throttleBurst, reservedConcurrency } = props;
  const values: Record<string, unknown> = {
    Name: props.name,
    ApiKeySecretArn: props.apiKeySecretArn,
    ApiKeySecretField: props.apiKeySecretField,
    ApiKeySecretKmsKeyArn: props.apiKeySecretKmsKeyArn,
    SessionSecret: props.sessionSecret,
    EmbeddedSecret: props.embeddedSecret,
    OperatorSecret: props.operatorSecret,
    AllowedOrigins: props.allowedOrigins?.join(','),
    Issuer: props.issuer,
    Audience: props.audience,
    JwksUrl: props.jwksUrl,
    TokenFormat: props.tokenFormat,
    Ttl: props.ttl,
    RateLimit: props.rateLimit,
    Cors: props.cors,
    Log: props.log,
    Metrics: props.metrics,
    ServerTiming: props.serverTiming?.toString(),
    AblyEndpoint: props.ablyEndpoint,
    AblyPort: ablyPort?.toString(),
    AblyTls: ablyTls?.toString(),
    Runtime: props.runtime,
    LogRetentionDays: logRetentionDays,
    ThrottleRate: throttleRate,
    ThrottleBurst: throttleBurst,
    ReservedConcurrency: reservedConcurrency?.toString(),
    Tracing: props.tracing?.toString(),
    Store: props.store?.toString(),
    StoreAddress: props.storeAddress,
    AlarmTopicArn: props.alarmTopicArn,
    DomainName: props.domain?.name,
    CertificateArn: props.domain?.certificateArn,
    JwtIssuer: props.jwtAuthorizer?.issuer,
    JwtAudience: props.jwtAuthorizer?.audience.join(','),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
