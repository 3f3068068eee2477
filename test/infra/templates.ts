/** The templates as they are checked in, and sets of parameters that reach every condition in them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { CfnTemplate } from './cloudformation.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export const PLAIN = 'infra/aws/cloudformation.yml';
export const SAM = 'infra/aws/sam/template.yml';

export function readTemplate(path: string): CfnTemplate {
  return parse(readFileSync(join(ROOT, path), 'utf8')) as CfnTemplate;
}

export const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:ably/api-key-AbCdEf';

export const LEAST: Readonly<Record<string, string>> = { ApiKeySecretArn: SECRET_ARN };

/** Every option on. Nothing here is a secret, because nothing here may be. */
export const MOST: Readonly<Record<string, string>> = {
  ...LEAST,
  Name: 'auth-of-acme',
  ApiKeySecretField: 'apiKey',
  ApiKeySecretKmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555',
  SessionSecret: 'secretsmanager:ably/session-secret',
  EmbeddedSecret: 'ssm:/ably/embedded-secret',
  OperatorSecret: 'secretsmanager:ably/operator-secret',
  AllowedOrigins: 'https://app.example,https://admin.example',
  Issuer: 'https://issuer.example/',
  Audience: 'chat',
  JwksUrl: 'https://issuer.example/keys',
  TokenFormat: 'jwt',
  Ttl: '15m',
  RateLimit: '60/1m',
  Cors: 'platform',
  Log: 'json',
  Metrics: 'emf',
  ServerTiming: 'true',
  AblyEndpoint: 'main.realtime.example',
  AblyPort: '8443',
  AblyTls: 'true',
  Runtime: 'nodejs22.x',
  LogRetentionDays: '90',
  ThrottleRate: '500',
  ThrottleBurst: '700',
  ReservedConcurrency: '50',
  Tracing: 'true',
  Store: 'true',
  StoreAddress: 'rediss://cache.example:6379',
  AlarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:on-call',
  DomainName: 'auth.app.example',
  CertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555',
  JwtIssuer: 'https://issuer.example/',
  JwtAudience: 'chat,admin',
};
