/** What serverless.yml reads from the environment of whoever deploys. The packages themselves are the osls lane's. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SETTINGS } from '../../core/settings.ts';
import { ROOT } from './built.ts';

interface DeploySettings {
  readonly secretArn: string;
  readonly environment: Readonly<Record<string, string>>;
}

const read: () => DeploySettings = createRequire(import.meta.url)('../../infra/aws/settings.cjs');
const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:ably/api-key-AbCdEf';

/** Elsewhere, or a secret: a key in the environment would be stored in the template. */
const NOT_FOR_THE_FUNCTION = [
  'ABLY_API_KEY',
  'ABLY_API_KEY_PREVIOUS',
  'ABLY_API_KEY_PARAMETER',
  'ABLY_AUTH_POLICY',
  'HOST',
  'PORT',
];

function readWith(settings: Readonly<Record<string, string>>): DeploySettings {
  for (const name of Object.keys(SETTINGS)) vi.stubEnv(name, settings[name]);
  return read();
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

  it('passes on what is set, and leaves out what is not', () => {
    const settings = { ABLY_API_KEY_SECRET_ID: SECRET_ARN, ABLY_AUTH_TTL: '15m', ABLY_API_KEY: 'a.b:never-passed-on' };
    expect(readWith(settings)).toEqual({
      secretArn: SECRET_ARN,
      environment: { ABLY_API_KEY_SECRET_ID: SECRET_ARN, ABLY_AUTH_TTL: '15m' },
    });
  });

  it.each([
    'ably/api-key',
    SECRET_ARN.slice(0, -7),
    `${SECRET_ARN}*`,
    `${SECRET_ARN.slice(0, -6)}*`,
    SECRET_ARN.replace('secretsmanager', 'ssm'),
    '*',
  ])('refuses %s, with which the role could read more than one secret or none', (value) => {
    expect(() => readWith({ ABLY_API_KEY_SECRET_ID: value })).toThrow('is not the whole ARN of a secret');
  });

  it.each(['aws-cn', 'aws-us-gov'])('takes the partition %s', (partition) => {
    const arn = SECRET_ARN.replace('arn:aws:', `arn:${partition}:`);
    expect(readWith({ ABLY_API_KEY_SECRET_ID: arn }).secretArn).toBe(arn);
  });

  it('says all that is wrong at once, and nothing of a secret', () => {
    const attempt = (): unknown => readWith({ ABLY_AUTH_SESSION_SECRET: 'hunter2'.repeat(8) });
    expect(attempt).toThrow(/Set ABLY_API_KEY_SECRET_ID .*ABLY_AUTH_SESSION_SECRET is a plain value/);
    expect(attempt).not.toThrow(/hunter2/);
  });
});
