/** The rotation's own stack: exactly these rights, two callers, and no secret; it fits what is built. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RETIRE_AFTER_MS } from '../../core/rotation/retire-bound.ts';
import { SETTINGS } from '../../core/settings.ts';
import { ROTATION } from '../../dev/build/targets.ts';
import { deploy, type Stack } from './cloudformation.ts';
import { ROOT, readTemplate, SECRET_ARN } from './templates.ts';

const PATH = 'infra/aws/rotation.yml';
const TOKEN_ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:ably/control-token-GhIjKl';
const KMS_ARN = 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555';
const LEAST = {
  ApiKeySecretArn: SECRET_ARN,
  ControlTokenSecretArn: TOKEN_ARN,
  CodeBucket: 'a-bucket',
  CodeKey: 'a.zip',
};
const template = readTemplate(PATH);
const least = deploy(template, LEAST);
const most = deploy(template, {
  ...LEAST,
  ApiKeySecretField: 'apiKey',
  KmsKeyArn: KMS_ARN,
  AlarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:on-call',
});

const propertiesOf = ({ resources }: Stack, id: string): Readonly<Record<string, unknown>> =>
  resources[id]?.Properties ?? {};

function statements(stack: Stack): readonly unknown[] {
  const [policy, ...others] = propertiesOf(stack, 'RotationRole').Policies as {
    PolicyDocument: { Statement: unknown[] };
  }[];
  expect(others).toEqual([]);
  return policy?.PolicyDocument.Statement ?? [];
}

describe(PATH, () => {
  it('may change one secret, read another, write one log, and nothing else', () => {
    const [json = ''] =
      /```json\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'docs/rotation.md'), 'utf8'))?.slice(1) ?? [];
    const log = {
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: '<RotationLogGroup.Arn>',
    };
    // As the page says it.
    expect(statements(least)).toEqual([...JSON.parse(json), log]);
    expect(propertiesOf(least, 'RotationRole')).not.toHaveProperty('ManagedPolicyArns');
  });

  it('may use a key of yours through Secrets Manager and for the two secrets only', () => {
    expect(statements(most)).toHaveLength(4);
    expect(statements(most)[3]).toEqual({
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: KMS_ARN,
      Condition: {
        StringEquals: {
          'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com',
          'kms:EncryptionContext:SecretARN': [SECRET_ARN, TOKEN_ARN],
        },
      },
    });
  });

  it('is called by this secret and this schedule alone', () => {
    const permissions = Object.values(least.resources).filter(({ Type }) => Type === 'AWS::Lambda::Permission');
    expect(permissions.map(({ Properties }) => Properties)).toMatchObject([
      { Principal: 'secretsmanager.amazonaws.com', SourceArn: SECRET_ARN, SourceAccount: '123456789012' },
      { Principal: 'events.amazonaws.com', SourceArn: '<RetirementSchedule.Arn>' },
    ]);
    expect(propertiesOf(least, 'RetirementSchedule').Targets).toMatchObject([{ Input: '{"retire":true}' }]);
    expect(propertiesOf(least, 'RotationSchedule')).toMatchObject({
      SecretId: SECRET_ARN,
      RotateImmediatelyOnUpdate: 'false',
    });
  });

  it('lets nobody rotate more often than a rotation is allowed', () => {
    const parameters = template.Parameters as Record<string, { readonly MinValue?: number }>;
    const minDays = parameters.RotationDays?.MinValue ?? 0;
    expect(minDays * 86_400_000).toBeGreaterThan(RETIRE_AFTER_MS);
    expect((minDays - 1) * 86_400_000).toBeLessThan(RETIRE_AFTER_MS);
  });

  it('runs what is built, with settings that there are, and without a secret in them', () => {
    const { Handler, Environment } = propertiesOf(most, 'RotationFunction') as {
      Handler: string;
      Environment: { Variables: Record<string, string> };
    };
    expect([Handler, existsSync(join(ROOT, ROTATION.entry))]).toEqual([`${ROTATION.out}.handler`, true]);
    expect(Environment.Variables).toEqual({
      ABLY_API_KEY_SECRET_ID: SECRET_ARN,
      ABLY_API_KEY_SECRET_FIELD: 'apiKey',
      ABLY_CONTROL_TOKEN_SECRET_ID: TOKEN_ARN,
    });
    expect(Object.keys(Environment.Variables).filter((name) => !(name in SETTINGS))).toEqual([]);
  });

  it('tells somebody when it fails, where there is somebody', () => {
    expect(propertiesOf(least, 'FailedAlarm')).not.toHaveProperty('AlarmActions');
    expect(propertiesOf(most, 'FailedAlarm').AlarmActions).toEqual(['arn:aws:sns:us-east-1:123456789012:on-call']);
  });
});
