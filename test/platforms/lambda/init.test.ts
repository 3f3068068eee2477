/** What Lambda checks while it starts a function, shown to bite first, and what ours says when it is not configured. */
import { copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScratch, PROJECT, type Scratch } from '../support/scratch.ts';
import { API_KEY } from '../support/settings.ts';
import { unpackFunction } from './built-function.ts';
import { startEnvironment, startFunction } from './environment.ts';
import { FRONT_DOORS } from './front-doors.ts';

const GET = FRONT_DOORS['HTTP API 2.0']?.drive({ method: 'GET' });

let scratch: Scratch;
let taskRoot: string;
let other: Scratch;

beforeAll(async () => {
  ({ scratch, taskRoot } = await unpackFunction());
  other = createScratch('lambda-naive');
});
afterAll(() => {
  scratch?.remove();
  other?.remove();
});

describe('Lambda with Node.js 24', () => {
  it('refuses to start a handler that takes a callback', async () => {
    writeFileSync(join(other.path, 'naive.mjs'), 'export const handler = async (event, context, callback) => event;\n');
    const started = await startEnvironment({ taskRoot: other.path, handler: 'naive.handler' });
    expect(started).toMatchObject({ ok: false, error: { errorType: 'Runtime.CallbackHandlerDeprecated' } });
  });

  it('refuses our bundle under the name .js, because it guesses no module format', async () => {
    copyFileSync(join(taskRoot, 'ably-auth.mjs'), join(other.path, 'ably-auth.js'));
    const started = await startEnvironment({ taskRoot: other.path });
    expect(started).toMatchObject({ ok: false, error: { errorType: 'Runtime.UserCodeSyntaxError' } });
  });
});

describe('the built function', () => {
  it('is found by the handler that serverless.yml names, where its package puts the files', async () => {
    const config = readFileSync(join(PROJECT, 'serverless.yml'), 'utf8');
    const handler = /^ +handler: (\S+)$/m.exec(config)?.[1] ?? '';
    const packed = join(other.path, 'packed');
    cpSync(taskRoot, join(packed, dirname(handler)), { recursive: true });
    const environment = await startFunction({ taskRoot: packed, handler, settings: { ABLY_API_KEY: API_KEY } });
    try {
      expect(await environment.invoke(GET)).toMatchObject({ ok: true, payload: { statusCode: 200 } });
    } finally {
      await environment.stop();
    }
  });

  it('starts with nothing set, answers 503 and logs once what to set (S11)', async () => {
    const environment = await startFunction({ taskRoot });
    try {
      for (let time = 0; time < 3; time += 1) {
        const result = await environment.invoke(GET);
        expect(result).toMatchObject({ ok: true, payload: { statusCode: 503 } });
        expect(JSON.stringify(result)).not.toMatch(/ABLY_API_KEY/);
      }
      expect(environment.log().match(/"kind":"misconfigured"/g)).toHaveLength(1);
      expect(environment.log()).toContain('ABLY_API_KEY_SECRET_ID');
    } finally {
      await environment.stop();
    }
  });

  it('answers OPTIONS and 405 without a key, and GET with 503', async () => {
    const settings = { ABLY_API_KEY_SECRET_ID: 'ably/api-key', AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
    const environment = await startFunction({ taskRoot, settings });
    try {
      const statusOf = async (method: string): Promise<unknown> => {
        const result = await environment.invoke(FRONT_DOORS['HTTP API 2.0']?.drive({ method }));
        return result.ok && (result.payload as { readonly statusCode: number }).statusCode;
      };
      expect(await statusOf('OPTIONS')).toBe(204);
      expect(await statusOf('PUT')).toBe(405);
      expect(environment.log()).not.toContain('"kind":"key"');
      expect(await statusOf('GET')).toBe(503);
    } finally {
      await environment.stop();
    }
  });
});
