/** All ways to deploy on AWS make the same thing: what each tool synthesises, with the least and the most set, is equal. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CfnTemplate, deploy, type Stack } from '../../infra/cloudformation.ts';
import { LEAST, MOST, PLAIN, readTemplate, SAM } from '../../infra/templates.ts';
import { createScratch, PROJECT } from '../support/scratch.ts';
import { cleanEnvironment } from '../support/tool.ts';
import {
  type CdkOutput,
  nameInCdk,
  OSLS_NAME,
  PYTHON_TOOLS,
  packageWithOsls,
  synthesiseWithCdk,
  translateSam,
} from './variants.ts';

const scratch = createScratch('iac');
const folder = (name: string): string => {
  const path = join(scratch.path, name);
  mkdirSync(path);
  return path;
};

let osls: { readonly least: CfnTemplate; readonly most: CfnTemplate };
let sam: CfnTemplate;
let cdk: CdkOutput;

beforeAll(async () => {
  osls = {
    least: await packageWithOsls(folder('least'), LEAST),
    most: await packageWithOsls(folder('most'), MOST),
  };
  sam = translateSam();
  cdk = synthesiseWithCdk(folder('cdk'));
});
afterAll(() => scratch.remove());

/** What each tool adds for itself: where code lies, marks of its own, and the bucket of the Serverless Framework. */
function withoutItsOwn({ resources, outputs }: Stack): Stack {
  const kept = Object.entries(resources)
    .filter(([id]) => !/^ServerlessDeploymentBucket|^CDKMetadata/.test(id))
    .map(([id, resource]) => {
      if (id !== 'AuthLambdaFunction') return [id, resource] as const;
      const { Code: _code, Handler: _handler, Tags: _tags, ...Properties } = resource.Properties;
      return [id, { ...resource, Properties }] as const;
    });
  const own = ['ServerlessDeploymentBucketName', 'HttpApiId', 'HttpApiUrl'];
  return {
    resources: Object.fromEntries(kept),
    outputs: Object.fromEntries(Object.entries(outputs).filter(([id]) => !own.includes(id))),
  };
}

const plain = (parameters: Readonly<Record<string, string>>): Stack =>
  withoutItsOwn(deploy(readTemplate(PLAIN), { ...parameters, CodeBucket: 'b', CodeKey: 'k' }));

describe.each([
  ['least', LEAST],
  ['most', MOST],
] as const)('with the %s set', (size, parameters) => {
  it('plain CloudFormation makes what is expected of the others', () => {
    expect(Object.keys(plain(parameters).resources).length).toBeGreaterThan(size === 'least' ? 17 : 21);
  });

  it('serverless.yml makes the same', () => {
    expect(withoutItsOwn(deploy(osls[size]))).toEqual(plain({ ...parameters, Name: OSLS_NAME }));
  });

  it('the SAM template makes the same', () => {
    expect(withoutItsOwn(deploy(sam, parameters))).toEqual(plain(parameters));
  });

  it('the CDK construct makes the same', () => {
    expect(withoutItsOwn(deploy(cdk[size], {}, nameInCdk))).toEqual(plain(parameters));
  });

  it('no variant holds more than references to secrets', () => {
    for (const template of [osls[size], sam, cdk[size]]) {
      const said = JSON.stringify(template);
      // Of a key's or session's secret there is nothing in the environment of this test either; NoEcho would be a sign.
      expect(said).not.toMatch(/NoEcho|"ABLY_API_KEY"|"ABLY_API_KEY_PREVIOUS"/);
      expect(JSON.stringify(template.Outputs)).not.toMatch(/SecretArn|SessionSecret|resolve:/);
    }
  });
});

describe('the CDK construct', () => {
  it('is typed', () => {
    expect(cdk.typeErrors).toBe('');
  });

  it('takes settings of one’s own', () => {
    const function_ = deploy(cdk.own, {}, nameInCdk).resources.AuthLambdaFunction;
    expect(function_?.Properties.Environment).toMatchObject({ Variables: { TENANT: 'acme' } });
  });

  it('can be used twice in a stack', () => {
    const functions = Object.values(deploy(cdk.two).resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
    expect(functions.map(({ Properties }) => Properties.FunctionName)).toEqual(['one', 'other']);
  });

  it('refuses a secret of another region than the stack', () => {
    expect(cdk.elsewhere).toContain('apiKeySecretArn: write that of a secret in eu-west-1');
  });

  it('says all that is wrong at once, and repeats no value', () => {
    expect(cdk.refusal).toContain('apiKeySecretArn: write the whole ARN');
    expect(cdk.refusal).toContain('sessionSecret: write where it is kept');
    expect(cdk.refusal).toContain('jwtAuthorizer.audience: name whom');
    expect(cdk.refusal).toContain('environment.ABLY_API_KEY: a secret would be in the template');
    expect(cdk.refusal).not.toContain('hunter2');
  });
});

describe('the tools that look for mistakes', () => {
  const written = (name: string, template: CfnTemplate): string => {
    const path = join(scratch.path, `${name}.json`);
    writeFileSync(path, JSON.stringify(template, null, 2));
    return path;
  };
  const tool = (
    name: string,
    ...args: readonly string[]
  ): { readonly status: number | null; readonly said: string } => {
    const { status, stdout, stderr } = spawnSync(join(PYTHON_TOOLS, name), args, {
      cwd: PROJECT,
      env: cleanEnvironment(scratch.path, PYTHON_TOOLS),
      encoding: 'utf8',
    });
    return { status, said: stdout + stderr };
  };

  it('cfn-lint finds nothing but what the tools themselves write twice or too plainly', () => {
    const files = [
      join(PROJECT, PLAIN),
      join(PROJECT, SAM),
      join(PROJECT, 'infra/aws/rotation.yml'),
      written('osls', osls.most),
      written('sam', sam),
      written('cdk', cdk.most),
    ];
    // W1030: the ARNs of a topic and a certificate are empty by default, under conditions that then do not hold.
    // W3005: osls writes DependsOn where a reference says it already.
    // W1020, W8003: the CDK puts values into Fn::Sub, and into conditions, which then always hold or never.
    expect(
      tool('cfn-lint', '--format', 'parseable', '--ignore-checks', 'W1020', 'W1030', 'W3005', 'W8003', '--', ...files),
    ).toEqual({ status: 0, said: '' });
  });

  it.each([
    ['cloudformation', 'infra/aws/cloudformation.yml'],
    ['cloudformation', 'infra/aws/rotation.yml'],
    ['terraform', 'infra/terraform'],
  ])('checkov finds nothing in %s that is not explained', (framework, path) => {
    const config = ['--config-file', 'test/platforms/iac/checkov.yml', '--framework', framework];
    const where = path.endsWith('.yml') ? '--file' : '--directory';
    const { said } = tool('checkov', ...config, where, path, '--skip-download', '--output', 'json', '--quiet');
    const report = JSON.parse(said.slice(said.indexOf('{'))) as {
      readonly results: {
        readonly failed_checks: readonly { readonly check_id: string; readonly resource: string }[];
      };
      readonly summary: { readonly passed: number; readonly parsing_errors: number };
    };
    expect(report.results.failed_checks.map(({ check_id, resource }) => `${check_id} ${resource}`)).toEqual([]);
    expect(report.summary.parsing_errors).toBe(0);
    expect(report.summary.passed).toBeGreaterThan(10);
  });
});
