/** What serverless.yml reads from the environment of whoever deploys. The packages themselves are the osls lane's. */
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

const read: (tool: Tool) => Promise<DeploySettings> = createRequire(import.meta.url)('../../infra/aws/settings.cjs');
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
  { region = 'us-east-1', inFile = {} }: { readonly region?: string; readonly inFile?: object } = {},
): Promise<DeploySettings> {
  for (const name of Object.keys(SETTINGS)) vi.stubEnv(name, settings[name]);
  const resolveVariable = async (variable: string): Promise<unknown> =>
    variable === 'self:provider.region' ? region : (parameters[/^param:(\w+), ''$/.exec(variable)?.[1] ?? ''] ?? '');
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

  it('refuses a secret of another region than the stack, which the function would look for in its own', async () => {
    const settings = { ABLY_API_KEY_SECRET_ID: SECRET_ARN };
    await expect(readWith(settings, {}, { region: 'eu-west-1' })).rejects.toThrow(
      'ABLY_API_KEY_SECRET_ID is a secret of us-east-1, and this would be deployed to eu-west-1, where the function does not find it. Set AWS_REGION to us-east-1, or',
    );
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

  it('refuses a parameter that nothing asks for, from the command line and from serverless.yml', async () => {
    const settings = { ABLY_API_KEY_SECRET_ID: SECRET_ARN };
    await expect(readWith(settings, { throttelRate: '50' })).rejects.toThrow('There is no parameter throttelRate:');
    await expect(readWith(settings, {}, { inFile: { default: null, prod: { Store: true } } })).rejects.toThrow(
      'There is no parameter Store:',
    );
    await expect(
      readWith(settings, { runtime: 'nodejs22.x' }, { inFile: { prod: { store: true } } }),
    ).resolves.toBeTruthy();
  });

  it('asks for the secret of a format that cannot do without one', async () => {
    const settings = { ABLY_API_KEY_SECRET_ID: SECRET_ARN, ABLY_AUTH_TOKEN_FORMAT: 'embedded-jwt' };
    await expect(readWith(settings)).rejects.toThrow('embedded-jwt, which needs ABLY_AUTH_EMBEDDED_SECRET');
    const { resources } = await readWith({
      ...settings,
      ABLY_AUTH_EMBEDDED_SECRET: '{{resolve:secretsmanager:ably/embedded-secret}}',
    });
    expect(resources.Parameters.EmbeddedSecret).toEqual({ Default: 'secretsmanager:ably/embedded-secret' });
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
