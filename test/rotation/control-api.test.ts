/** The contract of the Control API, row by row as its OpenAPI file has it, and that its keys are those of the service. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { basic, call, post, redeem, tokenRequest } from '../ably-service/support.ts';
import { ACCESS_TOKEN, FIRST, type RotationStage, startRotationStage } from './stage.ts';

let stage: RotationStage;
beforeEach(async () => {
  stage = await startRotationStage();
});
afterEach(() => stage.close());

const AUTH = { authorization: `Bearer ${ACCESS_TOKEN}` };
const KEY = { name: 'new', capability: { a: ['publish'] } };
const create = (body: unknown = KEY, headers: Readonly<Record<string, string>> = AUTH) =>
  post(stage.control.url, '/apps/rotapp/keys', body, headers);

describe('the local Control API', () => {
  it('makes a key that works at the service at once, with its capability', async () => {
    const { status, body } = await create({ ...KEY, revocableTokens: true });
    expect([status, body]).toEqual([
      201,
      {
        ...{ appId: 'rotapp', id: expect.any(String), name: 'new', revocableTokens: true, status: 0 },
        ...{ key: expect.stringMatching(/^rotapp\.\w+:\S+$/), capability: KEY.capability },
        ...{ created: expect.any(Number), modified: expect.any(Number) },
      },
    ]);
    const [keyName = '', secret = ''] = body.key.split(':');
    const redeemed = await redeem(stage.service.url, tokenRequest({ keyName, timestamp: stage.clock.nowMs }, secret));
    expect(redeemed).toMatchObject({ status: 201, body: { capability: '{"a":["publish"]}' } });
  });

  it('revokes a key: the key, its tokens and further requests are refused with 40131', async () => {
    const request = () => tokenRequest({ keyName: FIRST.name, timestamp: stage.clock.nowMs }, FIRST.secret);
    const { body } = await redeem(stage.service.url, request());
    const path = '/channels/room:7/messages';
    const byToken = () => post(stage.service.url, path, { name: 'a' }, { authorization: `Bearer ${btoa(body.token)}` });
    expect((await byToken()).status).toBe(201);
    expect(
      (await call(stage.control.url, '/apps/rotapp/keys/first/revoke', { method: 'POST', headers: AUTH })).status,
    ).toBe(200);
    const byKey = post(stage.service.url, path, { name: 'a' }, basic(`${FIRST.name}:${FIRST.secret}`));
    for (const answer of [await byToken(), await byKey, await redeem(stage.service.url, request())]) {
      expect(answer).toMatchObject({ status: 401, body: { error: { code: 40131 } } });
    }
    const { body: listed } = await call(stage.control.url, '/apps/rotapp/keys', { headers: AUTH });
    expect(listed.map(({ id }: { id: string }) => id)).toEqual(['foreign']);
    expect(
      (await call(stage.control.url, '/apps/rotapp/keys/first/revoke', { method: 'POST', headers: AUTH })).status,
    ).toBe(404);
  });

  it('changes the name of a key, and dates it', async () => {
    stage.clock.nowMs += 1_000;
    const init = {
      method: 'PATCH',
      body: '{"name":"other"}',
      headers: { ...AUTH, 'content-type': 'application/json' },
    };
    const { status, body } = await call(stage.control.url, '/apps/rotapp/keys/first', init);
    expect([status, body.name, body.modified - body.created]).toEqual([200, 'other', 1_000]);
  });

  it.each([
    ['another token', () => create(KEY, { authorization: 'Bearer other' }), 401],
    ['no token', () => create(KEY, {}), 401],
    ['a key without a name', () => create({ capability: KEY.capability }), 422],
    ['a key without a capability', () => create({ name: 'a' }), 422],
    ['a field that it does not know', () => create({ ...KEY, secret: 'x' }), 422],
    ['a capability that is none', () => create({ name: 'a', capability: { a: 'publish' } }), 422],
    ['another app', () => call(stage.control.url, '/apps/other/keys', { headers: AUTH }), 404],
    ['another path', () => call(stage.control.url, '/apps/rotapp/queues', { headers: AUTH }), 404],
  ] as const)('refuses %s', async (_, attempt, expected) => {
    const { status, body } = await attempt();
    expect([status, Object.keys(body)]).toEqual([expected, ['message', 'code', 'statusCode', 'href', 'details']]);
    expect(stage.control.keys()).toHaveLength(2);
  });
});
