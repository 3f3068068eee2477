/** Where the key is on AWS: Secrets Manager and Parameter Store through the SDK, and the extension, each over HTTP. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CREDENTIALS, LocalAws, REGION } from '../../key-sources/local-aws.ts';
import { LocalExtension, SESSION_TOKEN } from '../../key-sources/local-extension.ts';
import { STAGE_KEY } from '../../stage.ts';
import type { Scratch } from '../support/scratch.ts';
import { API_KEY, cookieOf, SETTINGS } from '../support/settings.ts';
import { unpackFunction } from './built-function.ts';
import { type ExecutionEnvironment, startFunction } from './environment.ts';
import { FRONT_DOORS } from './front-doors.ts';

const SECRET = 'ably/api-key';
const GET = FRONT_DOORS['HTTP API 2.0']?.drive({ method: 'GET', headers: [['cookie', cookieOf('ada')]] });

let scratch: Scratch;
let taskRoot: string;
let aws: LocalAws;
let extension: LocalExtension;
const running: ExecutionEnvironment[] = [];

beforeAll(async () => {
  ({ scratch, taskRoot } = await unpackFunction());
});
beforeEach(async () => {
  aws = await new LocalAws().start();
  aws.putSecret(SECRET, JSON.stringify({ apiKey: API_KEY }));
  aws.putParameter('/ably/api-key', API_KEY);
  extension = await new LocalExtension(aws).start();
});
afterEach(async () => {
  for (const environment of running.splice(0)) await environment.stop();
  await extension.stop();
  await aws.stop();
});
afterAll(() => scratch?.remove());

async function start(settings: Readonly<Record<string, string>>): Promise<ExecutionEnvironment> {
  const environment = await startFunction({
    taskRoot,
    settings: {
      ...SETTINGS,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_SESSION_TOKEN: SESSION_TOKEN,
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL: aws.url,
      ...settings,
    },
  });
  running.push(environment);
  return environment;
}

async function get(environment: ExecutionEnvironment): Promise<{ statusCode: number; headers: object; body: string }> {
  const result = await environment.invoke(GET);
  if (!result.ok) throw new Error(result.error.errorMessage);
  return result.payload as { statusCode: number; headers: object; body: string };
}

const SECRET_SETTINGS = { ABLY_API_KEY_SECRET_ID: SECRET, ABLY_API_KEY_SECRET_FIELD: 'apiKey' };
const ways: Record<string, { settings: () => Record<string, string>; calls: () => number }> = {
  'Secrets Manager': { settings: () => SECRET_SETTINGS, calls: () => aws.calls.length },
  'Parameter Store': {
    settings: () => ({ ABLY_API_KEY_PARAMETER: '/ably/api-key' }),
    calls: () => aws.calls.length,
  },
  'the extension': {
    settings: () => ({ ...SECRET_SETTINGS, PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(extension.port) }),
    calls: () => extension.calls.length,
  },
};

describe.each(Object.entries(ways))('the Lambda function with its key in %s', (_name, { settings, calls }) => {
  it('reads it at the first request, not before, and once for many', async () => {
    const environment = await start(settings());
    expect(calls()).toBe(0);
    for (let time = 0; time < 5; time += 1) {
      const { statusCode, body } = await get(environment);
      expect(statusCode).toBe(200);
      expect(JSON.parse(body)).toMatchObject({ keyName: STAGE_KEY.name, clientId: 'ada' });
    }
    expect(calls()).toBe(1);
    expect(environment.log()).not.toContain(STAGE_KEY.secret);
  });
});

describe.each(['error', 'hang', 'reset'] as const)(
  'the Lambda function while Secrets Manager has an outage: %s',
  (kind) => {
    it('answers a cold request with 503 in time, says why in the log, and recovers', async () => {
      aws.mood = kind === 'error' ? { kind, type: 'InternalServiceError', status: 500 } : { kind };
      const environment = await start(SECRET_SETTINGS);
      const before = Date.now();
      const refused = await get(environment);
      expect(refused.statusCode).toBe(503);
      expect(Date.now() - before).toBeLessThan(6_000);
      expect(refused.headers).toMatchObject({ 'X-Ably-ErrorCode': '50000', 'Retry-After': expect.any(String) });
      expect(refused.body).not.toContain(SECRET);
      expect(environment.log()).toMatch(/ABLY_API_KEY_SECRET_ID/);

      aws.mood = { kind: 'well' };
      await expect.poll(async () => (await get(environment)).statusCode, { timeout: 15_000, interval: 500 }).toBe(200);
    });
  },
);

describe('the Lambda function whose secret does not exist', () => {
  it('answers 503 and names the setting in the log, not the caller', async () => {
    const environment = await start({ ABLY_API_KEY_SECRET_ID: 'another/name' });
    const { statusCode, body } = await get(environment);
    expect(statusCode).toBe(503);
    expect(body).not.toContain('another/name');
    expect(environment.log()).toMatch(/not-found.*ABLY_API_KEY_SECRET_ID|ABLY_API_KEY_SECRET_ID.*not-found/);
  });
});
