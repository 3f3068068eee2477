/**
 * The Terraform modules: written as the tool would write them, valid, their own tests green with mocked providers, and
 * the plan for AWS equal to what the CloudFormation templates make.
 */
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { deploy } from '../../infra/cloudformation.ts';
import { LEAST, MOST, PLAIN, readTemplate } from '../../infra/templates.ts';
import { createScratch, PROJECT } from '../support/scratch.ts';
import { factsOfPlan, factsOfStack, type Plan } from './planned.ts';
import { findTerraform } from './terraform.ts';

const scratch = createScratch('terraform');
afterAll(() => scratch.remove());

const MODULES = join(PROJECT, 'infra/terraform');
const terraform = findTerraform(scratch.path);

function copyModule(name: string): string {
  const folder = join(scratch.path, name);
  cpSync(join(MODULES, name), folder, { recursive: true, filter: (path) => !path.includes('.terraform') });
  return folder;
}

describe.skipIf(!terraform)('terraform fmt', () => {
  it('would change nothing', () => {
    expect(terraform?.run(MODULES, 'fmt', '-check', '-recursive', '-diff')).toMatchObject({ status: 0, said: '' });
  });
});

describe.each(['ably', 'aws'])('infra/terraform/%s', (name) => {
  const folder = copyModule(name);
  const isReady = terraform?.init(folder) ?? false;

  it.skipIf(!isReady)('is valid', () => {
    const { status, said } = terraform?.run(folder, 'validate', '-no-color') ?? { status: 1, said: '' };
    expect(status, said).toBe(0);
    expect(said).not.toMatch(/warning|deprecat/i);
  });

  it.skipIf(!isReady)('passes its own tests', () => {
    const { status, said } = terraform?.run(folder, 'test', '-no-color') ?? { status: 1, said: '' };
    expect(status, said).toBe(0);
    expect(said).toMatch(/[1-9]\d* passed, 0 failed/);
  });
});

/** The same as `MOST`, under the module's names. */
const MOST_AS_VARIABLES = {
  api_key_secret_arn: MOST.ApiKeySecretArn,
  name: MOST.Name,
  api_key_secret_field: MOST.ApiKeySecretField,
  api_key_secret_kms_key_arn: MOST.ApiKeySecretKmsKeyArn,
  allowed_origins: MOST.AllowedOrigins?.split(','),
  session_secret: `{{resolve:${MOST.SessionSecret}}}`,
  embedded_secret: `{{resolve:${MOST.EmbeddedSecret}}}`,
  operator_secret: `{{resolve:${MOST.OperatorSecret}}}`,
  settings: {
    ABLY_AUTH_ISSUER: MOST.Issuer,
    ABLY_AUTH_AUDIENCE: MOST.Audience,
    ABLY_AUTH_JWKS_URL: MOST.JwksUrl,
    ABLY_AUTH_TOKEN_FORMAT: MOST.TokenFormat,
    ABLY_AUTH_TTL: MOST.Ttl,
    ABLY_AUTH_RATE_LIMIT: MOST.RateLimit,
    ABLY_AUTH_LOG: MOST.Log,
    ABLY_AUTH_METRICS: MOST.Metrics,
    ABLY_AUTH_SERVER_TIMING: MOST.ServerTiming,
    ABLY_ENDPOINT: MOST.AblyEndpoint,
    ABLY_PORT: MOST.AblyPort,
    ABLY_TLS: MOST.AblyTls,
  },
  runtime: MOST.Runtime,
  log_retention_days: Number(MOST.LogRetentionDays),
  throttle_rate: Number(MOST.ThrottleRate),
  throttle_burst: Number(MOST.ThrottleBurst),
  reserved_concurrency: Number(MOST.ReservedConcurrency),
  tracing: true,
  store: true,
  alarm_topic_arn: MOST.AlarmTopicArn,
  domain: { name: MOST.DomainName, certificate_arn: MOST.CertificateArn },
  jwt_authorizer: { issuer: MOST.JwtIssuer, audience: MOST.JwtAudience?.split(',') },
};

describe('the plan of infra/terraform/aws', () => {
  // Providers before version 6 refuse nodejs24.x, so the other runtime stands for both.
  const least: Readonly<Record<string, string>> = { ...LEAST, Runtime: 'nodejs22.x' };
  const variants = [
    ['least', least, { api_key_secret_arn: LEAST.ApiKeySecretArn, runtime: 'nodejs22.x' }],
    ['most', MOST, MOST_AS_VARIABLES],
  ] as const;
  const folder = join(scratch.path, 'root');
  cpSync(copyModule('aws'), join(folder, 'module'), {
    recursive: true,
    filter: (path) => !path.includes('.terraform'),
  });
  writeRoot(folder, {});
  const isReady = terraform?.init(folder) ?? false;

  it.skipIf(!isReady).each(variants)('with the %s set is what CloudFormation makes', (_, parameters, variables) => {
    writeRoot(folder, variables);
    const planned = terraform?.run(folder, 'plan', '-input=false', '-no-color', '-out=plan');
    expect(planned?.status, planned?.said).toBe(0);
    const shown = terraform?.run(folder, 'show', '-json', 'plan');
    const stack = deploy(readTemplate(PLAIN), { ...parameters, CodeBucket: 'b', CodeKey: 'k' });
    const facts = factsOfPlan(JSON.parse(shown?.said ?? '') as Plan);
    expect(Object.keys(facts).length).toBeGreaterThan(14);
    expect(facts).toEqual(factsOfStack(stack, { StoreTable: parameters.Name ?? 'ably-auth' }));
  });
});

/** A root module as somebody would write it, whose provider asks AWS nothing. */
function writeRoot(folder: string, variables: object): void {
  const provider = {
    region: 'us-east-1',
    access_key: 'fake',
    secret_key: 'fake',
    skip_credentials_validation: true,
    skip_metadata_api_check: true,
    skip_region_validation: true,
    skip_requesting_account_id: true,
  };
  const auth = { source: './module', artifact: 'main.tf.json', ...variables };
  writeFileSync(join(folder, 'main.tf.json'), JSON.stringify({ provider: { aws: provider }, module: { auth } }));
}
