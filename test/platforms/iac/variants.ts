/** Each tool's own synthesis of the same endpoint: what osls packages, SAM translates, and the CDK synthesises. */
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CfnTemplate } from '../../infra/cloudformation.ts';
import { readTemplate, SAM } from '../../infra/templates.ts';
import { copyProject } from '../osls/project-copy.ts';
import { PLATFORMS, PROJECT } from '../support/scratch.ts';
import { cleanEnvironment, runTool } from '../support/tool.ts';

const LANE = join(PLATFORMS, 'iac');
export const PYTHON_TOOLS = join(LANE, '.venv/bin');

/** The environment and the parameters that say for serverless.yml what these parameters say for the others. */
const IN_ENVIRONMENT: Readonly<Record<string, string>> = {
  ApiKeySecretArn: 'ABLY_API_KEY_SECRET_ID',
  ApiKeySecretField: 'ABLY_API_KEY_SECRET_FIELD',
  Issuer: 'ABLY_AUTH_ISSUER',
  Audience: 'ABLY_AUTH_AUDIENCE',
  JwksUrl: 'ABLY_AUTH_JWKS_URL',
  AllowedOrigins: 'ABLY_AUTH_ALLOWED_ORIGINS',
  Cors: 'ABLY_AUTH_CORS',
  TokenFormat: 'ABLY_AUTH_TOKEN_FORMAT',
  Ttl: 'ABLY_AUTH_TTL',
  RateLimit: 'ABLY_AUTH_RATE_LIMIT',
  StoreAddress: 'ABLY_AUTH_STORE',
  Log: 'ABLY_AUTH_LOG',
  Metrics: 'ABLY_AUTH_METRICS',
  ServerTiming: 'ABLY_AUTH_SERVER_TIMING',
  AblyEndpoint: 'ABLY_ENDPOINT',
  AblyPort: 'ABLY_PORT',
  AblyTls: 'ABLY_TLS',
};

type Parameters = Readonly<Record<string, string>>;

/** @param folder empty; the packaged template stays in it */
export async function packageWithOsls(folder: string, parameters: Parameters): Promise<CfnTemplate> {
  const project = join(folder, 'project');
  copyProject(project);
  const { Name: _own, SessionSecret, EmbeddedSecret, OperatorSecret, ...others } = parameters;
  const settings: Record<string, string> = {};
  const args: string[] = [];
  for (const [name, value] of Object.entries(others)) {
    const variable = IN_ENVIRONMENT[name];
    if (variable) settings[variable] = value;
    else args.push('--param', `${name[0]?.toLowerCase()}${name.slice(1)}=${value}`);
  }
  if (EmbeddedSecret) settings.ABLY_AUTH_EMBEDDED_SECRET = `{{resolve:${EmbeddedSecret}}}`;
  if (OperatorSecret) settings.ABLY_AUTH_OPERATOR_SECRET = `{{resolve:${OperatorSecret}}}`;
  if (SessionSecret) settings.ABLY_AUTH_SESSION_SECRET = `{{resolve:${SessionSecret}}}`;
  const { code, output } = await runTool({
    command: join(LANE, 'node_modules/.bin/osls'),
    args: ['package', ...args],
    cwd: project,
    env: { ...cleanEnvironment(folder), ...settings },
  });
  if (code !== 0) throw new Error(output);
  return readJson(join(project, '.serverless/cloudformation-template-update-stack.json')) as CfnTemplate;
}

export function translateSam(): CfnTemplate {
  const template = readTemplate(SAM);
  const withCode = { ...template, Resources: { ...template.Resources } };
  const { AuthLambdaFunction } = withCode.Resources;
  if (!AuthLambdaFunction) throw new Error('there is no function');
  // As `sam package` leaves it: the folder has become an object in a bucket.
  withCode.Resources.AuthLambdaFunction = {
    ...AuthLambdaFunction,
    Properties: { ...AuthLambdaFunction.Properties, CodeUri: 's3://a-bucket/a-key.zip' },
  };
  const { status, stdout, stderr } = spawnSync(join(PYTHON_TOOLS, 'python'), [join(LANE, 'translate-sam.py')], {
    input: JSON.stringify(withCode),
    env: { ...cleanEnvironment('/nonexistent'), AWS_DEFAULT_REGION: 'us-east-1' },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as CfnTemplate;
}

export interface CdkOutput {
  readonly least: CfnTemplate;
  readonly most: CfnTemplate;
  readonly own: CfnTemplate;
  readonly two: CfnTemplate;
  readonly refusal: string;
  /** What is said of a secret in another region than the stack. */
  readonly elsewhere: string;
  /** What the type checker says of construct and app. */
  readonly typeErrors: string;
}

/** @param folder empty; the construct is used from there as from somebody's repository */
export function synthesiseWithCdk(folder: string): CdkOutput {
  cpSync(join(PROJECT, 'infra/aws'), join(folder, 'infra/aws'), { recursive: true });
  cpSync(join(LANE, 'cdk-app.ts'), join(folder, 'cdk-app.ts'));
  symlinkSync(join(LANE, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const options = { noEmit: true, skipLibCheck: true, typeRoots: [join(PROJECT, 'node_modules/@types')] };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: join(PROJECT, 'tsconfig.json'), compilerOptions: options, include: ['cdk-app.ts'] }),
  );
  const built = join(folder, 'built');
  cpSync(join(PROJECT, 'adapters/aws-lambda'), built, { recursive: true });
  const run = (program: string, ...args: readonly string[]) =>
    spawnSync(join(PROJECT, 'node_modules/.bin', program), args, {
      cwd: folder,
      env: cleanEnvironment(folder),
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
  const typeErrors = run('tsc', '-p', folder).stdout;
  const { status, stdout, stderr } = run('tsx', 'cdk-app.ts', built);
  if (status !== 0) throw new Error(stderr);
  return { ...(JSON.parse(stdout) as Omit<CdkOutput, 'typeErrors'>), typeErrors };
}

/** The CDK puts the scopes before a logical id and a hash behind it. */
export function nameInCdk(logicalId: string): string {
  return logicalId.replace(/^AuthEndpoint(?:Outputs|Conditions|Rules)?/, '').replace(/[0-9A-F]{8}$/, '');
}

export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** serverless.yml chooses the name: service, stage and function, as the tool itself names functions. */
export const OSLS_NAME = 'ably-auth-dev-auth';
