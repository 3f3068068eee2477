/**
 * What serverless.yml reads from the environment of whoever deploys, and where it may be deployed. The packages themselves
 * are the osls lane's.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SETTINGS } from '../../core/settings.ts';
import { ROOT } from './built.ts';

interface DeploySettings {
  readonly resources: { readonly Parameters: Readonly<Record<string, { readonly Default: string | number }>> };
  readonly environment: Readonly<Record<string, string>>;
}

interface Tool {
  readonly options: { readonly param: readonly string[] };
  readonly resolveVariable: (variable: string) => Promise<unknown>;
  readonly resolveConfigurationProperty: (path: readonly string[]) => Promise<unknown>;
}

interface Plugin {
  readonly hooks: Readonly<Record<string, () => void>>;
}

const require = createRequire(import.meta.url);
const read: (tool: Tool) => Promise<DeploySettings> = require('../../infra/aws/settings.cjs');
const BuildBeforePackage: new (tool: object) => Plugin = require('../../infra/aws/build-before-package.cjs');
const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:ably/api-key-AbCdEf';

/** Elsewhere, or a secret: a key in the environment would be stored in the template. */
const NOT_FOR_THE_FUNCTION = [
  'ABLY_API_KEY',
  'ABLY_API_KEY_PREVIOUS',
  'ABLY_API_KEY_PARAMETER',
  'ABLY_CONTROL_TOKEN',
  'ABLY_CONTROL_TOKEN_SECRET_ID',
  'ABLY_CONTROL_URL',
  'ABLY_AUTH_POLICY',
  'HOST',
  'PORT',
];

function readWith(
  settings: Readonly<Record<string, string>>,
  parameters: Readonly<Record<string, string>> = {},
  { inFile = {}, revoke = 'false' }: { readonly inFile?: object; readonly revoke?: unknown } = {},
): Promise<DeploySettings> {
  for (const name of Object.keys(SETTINGS)) vi.stubEnv(name, settings[name]);
  const resolveVariable = async (variable: string): Promise<unknown> =>
    variable === "self:custom.revoke, 'false'"
      ? revoke
      : (parameters[/^param:(\w+), ''$/.exec(variable)?.[1] ?? ''] ?? '');
  const resolveConfigurationProperty = async (path: readonly string[]): Promise<unknown> =>
    path[0] === 'params' ? inFile : undefined;
  const param = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return read({ options: { param }, resolveVariable, resolveConfigurationProperty });
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('infra/aws/settings.cjs', () => {
  it('knows every setting: passes it on, or keeps it from the function on purpose', () => {
    const text = readFileSync(join(ROOT, 'infra/aws/settings.cjs'), 'utf8');
    const named = Object.keys(SETTINGS).filter((name) => new RegExp(`'${name}'|\\b${name}:`).test(text));
    expect([...named, ...NOT_FOR_THE_FUNCTION].sort()).toEqual(Object.keys(SETTINGS).sort());
  });

  it('passes on what is set, and leaves out what is not', async () => {
    const settings = { ABLY_API_KEY_SECRET_ID: SECRET_ARN, ABLY_AUTH_TTL: '15m', ABLY_API_KEY: 'a.b:never-passed-on' };
    expect(await readWith(settings, { store: 'true', throttleRate: '50' })).toEqual({
      resources: {
        Parameters: {
          ApiKeySecretArn: { Default: SECRET_ARN },
          Ttl: { Default: '15m' },
          Store: { Default: 'true' },
          ThrottleRate: { Default: 50 },
        },
      },
      environment: { ABLY_API_KEY_SECRET_ID: SECRET_ARN, ABLY_AUTH_TTL: '15m' },
    });
  });

  it('passes on where a secret is kept', async () => {
    const settings = {
      ABLY_API_KEY_SECRET_ID: SECRET_ARN,
      ABLY_AUTH_SESSION_SECRET: '{{resolve:secretsmanager:ably/session-secret}}',
    };
    const { resources } = await readWith(settings);
    expect(resources.Parameters.SessionSecret).toEqual({ Default: 'secretsmanager:ably/session-secret' });
  });

  it.each([
    'ably/api-key',
    SECRET_ARN.slice(0, -7),
    `${SECRET_ARN}*`,
    `${SECRET_ARN.slice(0, -6)}*`,
    SECRET_ARN.replace('secretsmanager', 'ssm'),
    '*',
  ])('refuses %s, with which the role could read more than one secret or none', async (value) => {
    await expect(readWith({ ABLY_API_KEY_SECRET_ID: value })).rejects.toThrow('is not the whole ARN of a secret');
  });

  it.each(['aws-cn', 'aws-us-gov'])('takes the partition %s', async (partition) => {
    const arn = SECRET_ARN.replace('arn:aws:', `arn:${partition}:`);
    const { resources } = await readWith({ ABLY_API_KEY_SECRET_ID: arn });
    expect(resources.Parameters.ApiKeySecretArn).toEqual({ Default: arn });
  });

  it.each(['throttleRate', 'throttleBurst', 'logRetentionDays'])('refuses a %s that is no number', async (name) => {
    await expect(readWith({ ABLY_API_KEY_SECRET_ID: SECRET_ARN }, { [name]: 'abc' })).rejects.toThrow(
      `The parameter ${name} is not a number.`,
    );
  });

  it.each([
    ['domainName', 'auth.app.example', 'certificateArn'],
    ['certificateArn', 'arn:aws:acm:us-east-1:123456789012:certificate/1', 'domainName'],
    ['jwtIssuer', 'https://issuer.example/', 'jwtAudience'],
    ['jwtAudience', 'app', 'jwtIssuer'],
  ])('refuses %s alone', async (one, value, other) => {
    await expect(readWith({ ABLY_API_KEY_SECRET_ID: SECRET_ARN }, { [one]: value })).rejects.toThrow(
      `The parameter ${one} needs ${other} as well.`,
    );
  });

  it.each([
    ['throttelRate', 'throttleRate'],
    ['throttle_rate', 'throttleRate'],
    ['Store', 'store'],
    ['stroe', 'store'],
    ['Revoke', 'revoke'],
    ['logRetentionInDays', 'logRetentionDays'],
  ])('refuses %s, from the command line and from serverless.yml, and says what is meant', async (name, meant) => {
    const settings = { ABLY_API_KEY_SECRET_ID: SECRET_ARN };
    const sentence = `There is no parameter ${name}. Did you mean ${meant}?`;
    await expect(readWith(settings, { [name]: '50' })).rejects.toThrow(sentence);
    await expect(readWith(settings, {}, { inFile: { default: null, prod: { [name]: true } } })).rejects.toThrow(
      sentence,
    );
  });

  it('takes parameters of one’s own, which may be asked for anywhere, or at another stage', async () => {
    const inFile = { prod: { tenant: 'x', store: true, trace: 'x', stage: 'x' } };
    const parameters = { tenant: 'acme', runtime: 'nodejs22.x', jwtKeys: 'x' };
    await expect(readWith({ ABLY_API_KEY_SECRET_ID: SECRET_ARN }, parameters, { inFile })).resolves.toBeTruthy();
  });

  it.each(['TRUE', 'hunter2', ''])('refuses %s for revoke', async (revoke) => {
    const refused = readWith({ ABLY_API_KEY_SECRET_ID: SECRET_ARN }, {}, { revoke });
    // The tool prints the stack where there is one.
    await expect(refused).rejects.toMatchObject({ stack: 'The parameter revoke is true or false.' });
    await expect(readWith({ ABLY_API_KEY_SECRET_ID: SECRET_ARN }, {}, { revoke: true })).resolves.toBeTruthy();
  });

  it('passes on a format that asks for a secret: whose that is, auth.config.ts says', async () => {
    const settings = { ABLY_API_KEY_SECRET_ID: SECRET_ARN, ABLY_AUTH_TOKEN_FORMAT: 'embedded-jwt' };
    const { resources } = await readWith(settings);
    expect(resources.Parameters.TokenFormat).toEqual({ Default: 'embedded-jwt' });
    const secret = { ABLY_AUTH_EMBEDDED_SECRET: '{{resolve:secretsmanager:ably/embedded-secret}}' };
    const { resources: withSecret } = await readWith({ ...settings, ...secret });
    expect(withSecret.Parameters.EmbeddedSecret).toEqual({ Default: 'secretsmanager:ably/embedded-secret' });
  });

  it('says all that is wrong at once, and nothing of a secret', async () => {
    const settings = {
      ABLY_AUTH_SESSION_SECRET: 'hunter2'.repeat(8),
      ABLY_AUTH_EMBEDDED_SECRET: 'hunter2'.repeat(8),
      ABLY_AUTH_STORE: 'rediss://:hunter2@cache.example:6379',
    };
    const said = await readWith(settings, {
      domainName: 'auth.app.example',
      jwtIssuer: 'https://issuer.example/',
    }).catch((error: Error) => error.message);
    expect(said).toMatch(/Set ABLY_API_KEY_SECRET_ID .*ABLY_AUTH_SESSION_SECRET is a plain value/);
    expect(said).toMatch(
      /ABLY_AUTH_EMBEDDED_SECRET is a plain value.*\{\{resolve:secretsmanager:ably\/embedded-secret\}\}/,
    );
    expect(said).toContain('ABLY_AUTH_STORE holds a password');
    expect(said).toContain('The parameter domainName needs certificateArn as well.');
    expect(said).toContain('The parameter jwtIssuer needs jwtAudience as well.');
    expect(said).not.toContain('hunter2');
  });
});

describe('infra/aws/build-before-package.cjs', () => {
  const deployTo = (region: string): Plugin =>
    new BuildBeforePackage({ classes: { Error }, getProvider: () => ({ getRegion: () => region }) });

  it.each([
    'before:package:createDeploymentArtifacts',
    'before:deploy:function:packageFunction',
    'before:deploy:deploy',
  ])('refuses a secret of another region than the stack, which the function would look for in its own, %s', (hook) => {
    vi.stubEnv('ABLY_API_KEY_SECRET_ID', SECRET_ARN);
    expect(deployTo('eu-west-1').hooks[hook]).toThrow(
      'ABLY_API_KEY_SECRET_ID is a secret of us-east-1, and this would be deployed to eu-west-1, where the function does not find it. Deploy to us-east-1 (--region, or AWS_REGION), or set',
    );
  });

  it('deploys what was packaged before to the region of the secret', () => {
    vi.stubEnv('ABLY_API_KEY_SECRET_ID', SECRET_ARN);
    expect(deployTo('us-east-1').hooks['before:deploy:deploy']).not.toThrow();
  });

  it('has nothing to say where nothing is deployed: a stack can be looked at, and removed, wherever it is', () => {
    const hooks = Object.keys(deployTo('eu-west-1').hooks);
    expect(hooks.filter((hook) => !/^before:(?:package|deploy):/.test(hook))).toEqual([]);
  });
});
