/** The built Lambda function under AWS's own runtime interface client: every front door, and real clients through one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import notHttp from '../../adapters/fixtures/not-http.json' with { type: 'json' };
import { describeClients } from '../support/client-suite.ts';
import type { Scratch } from '../support/scratch.ts';
import { API_KEY, cookieOf, SESSION_SECRET, SETTINGS } from '../support/settings.ts';
import { describeWire } from '../support/wire-suite.ts';
import { unpackFunction } from './built-function.ts';
import { type ExecutionEnvironment, startFunction } from './environment.ts';
import { FRONT_DOORS } from './front-doors.ts';
import { type HttpFront, startHttpFront } from './http-front.ts';

const FORM = 'application/x-www-form-urlencoded';

let scratch: Scratch;
let environment: ExecutionEnvironment;
let front: HttpFront;

beforeAll(async () => {
  const unpacked = await unpackFunction();
  scratch = unpacked.scratch;
  environment = await startFunction({
    taskRoot: unpacked.taskRoot,
    // The templates choose JSON logs, for the runtime's own lines.
    settings: { ...SETTINGS, ABLY_API_KEY: API_KEY, AWS_LAMBDA_LOG_FORMAT: 'JSON' },
  });
  front = await startHttpFront(environment);
});
afterAll(async () => {
  await front?.close();
  await environment?.stop();
  scratch?.remove();
});

describe('the Lambda function behind an HTTP API', () => {
  describeWire(() => front.authUrl);
  describeClients(() => front.authUrl);
});

describe.each(Object.entries(FRONT_DOORS))('the Lambda function behind %s', (_name, door) => {
  async function exchange(request: Parameters<typeof door.drive>[0]) {
    const result = await environment.invoke(door.drive(request));
    if (!result.ok) throw new Error(result.error.errorMessage);
    return door.read(result.payload);
  }

  it('signs for who is signed in', async () => {
    const answer = await exchange({ method: 'GET', headers: [['Cookie', `a=b; ${cookieOf('ada')}`]] });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ clientId: 'ada' });
    expect(answer.headers.get('cache-control')).toMatch(/no-store/);
  });

  it('reads a form', async () => {
    const answer = await exchange({
      method: 'POST',
      headers: [
        ['Content-Type', FORM],
        ['Cookie', cookieOf('ada')],
      ],
      body: new URLSearchParams({ capability: '{"room:é":["subscribe"]}' }).toString(),
    });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ capability: '{"room:é":["subscribe"]}' });
  });

  it('reads an encoded query', async () => {
    const answer = await exchange({
      method: 'GET',
      rawQuery: `capability=${encodeURIComponent('{"room:a b&c":["subscribe"]}')}`,
      headers: [['Cookie', cookieOf('ada')]],
    });
    expect(JSON.parse(answer.body)).toMatchObject({ capability: '{"room:a b&c":["subscribe"]}' });
  });

  it('answers OPTIONS with 204 and PUT with 405', async () => {
    const preflight = await exchange({ method: 'OPTIONS' });
    expect(preflight).toMatchObject({ status: 204, body: '' });
    const put = await exchange({ method: 'PUT' });
    expect(put.status).toBe(405);
    expect(put.headers.get('allow')).toBe('GET, POST, OPTIONS');
  });

  it('clears a cookie that is not ours, with 401', async () => {
    const answer = await exchange({ method: 'GET', headers: [['Cookie', '__Host-ably-auth-session=v1.a.b.c']] });
    expect(answer.status).toBe(401);
    expect(answer.setCookies).toHaveLength(1);
    expect(answer.setCookies[0]).toMatch(/^__Host-ably-auth-session=; .*Max-Age=0/);
  });
});

describe('the Lambda function', () => {
  it.each(Object.entries(notHttp))(
    'answers %s quietly: no error is reported, so nothing is tried again',
    async (_name, event) => {
      const result = await environment.invoke(event);
      expect(result).toMatchObject({ ok: true, payload: { statusCode: 400 } });
    },
  );

  it('goes on after it was frozen for a while', async () => {
    const event = FRONT_DOORS['HTTP API 2.0']?.drive({ method: 'GET' });
    await environment.invoke(event);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await environment.invoke(event)).toMatchObject({ ok: true, payload: { statusCode: 200 } });
  });

  it('logs lines that are JSON from end to end, as the metric filters of the templates need them', () => {
    const lines = environment
      .log()
      .split('\n')
      .filter((line) => line.includes('"kind":"issued"'));
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ level: 'info', kind: 'issued' });
  });

  it('logs a line for each request, warns once of a key in its environment, and prints no secret (S10)', () => {
    const log = environment.log();
    expect(log.match(/"kind":"issued"/g)?.length).toBeGreaterThan(10);
    expect(log.match(/"level":"warn","kind":"notice","message":"ABLY_API_KEY/g)).toHaveLength(1);
    expect(log).not.toContain(API_KEY.split(':')[1]);
    expect(log).not.toContain(SESSION_SECRET);
    expect(log).not.toContain(cookieOf('ada').split('=')[1]?.split('.')[2]);
  });
});
