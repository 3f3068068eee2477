/**
 * The contract of an Ably-compatible server, row by row: matching and intersecting capabilities, and the MACs of signed
 * TokenRequests. The rows are literal; nothing here computes what it expects.
 *
 * Which server it runs against: contract-server.ts. On another one than ours, rows that need a fixed clock or keys of
 * their own are skipped, visibly.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ContractServer, K1, openContractServer, otherServer, type Resources } from './contract-server.ts';
import { bearer, post, redeem, signTokenRequest, startService, tokenRequest } from './support.ts';

let server: ContractServer;
beforeAll(async () => {
  server = await openContractServer();
});
afterAll(() => server.close());

describe('capability matching', () => {
  it.each([
    ['*', 'foo', true],
    ['*', 'foo:bar:baz', true],
    ['foo:*', 'foo:bar', true],
    ['foo:*', 'foo:bar:baz', true],
    ['foo:*:baz', 'foo:bar:baz', true],
    ['foo:*:baz', 'foo:bar:bam:baz', false],
    ['foo:*:baz', 'foo:baz', false],
    ['foo*', 'foobar', false],
    ['foo*', 'foo', false],
    ['foo*', 'foo*', true],
    ['foo:*', 'foo', true],
    ['[*]*', 'foo', true],
    ['[*]foo', 'foo', true],
    ['[meta]*', 'foo', false],
    ['[queue]*', 'foo', false],
  ])('%s on %s: %s', async (pattern, channel, permitted) => {
    const issued = await server.requestToken(5, { [pattern]: ['publish'] });
    expect(issued.status, JSON.stringify(issued.body)).toBeLessThan(300);

    const path = `/channels/${encodeURIComponent(channel)}/messages`;
    const published = await post(server.baseUrl, path, { name: 'contract' }, bearer(issued.body.token));

    if (permitted) expect(published.status).toBe(201);
    else expect(published).toMatchObject({ status: 401, body: { error: { code: 40160 } } });
  });
});

describe('capability intersection of keys and requests', () => {
  const worked: readonly (readonly [key: Resources, requested: Resources, result: Resources | 'empty'])[] = [
    [{ '*': ['*'] }, { 'chat:*': ['publish'] }, { 'chat:*': ['publish'] }],
    [{ 'a:*': ['publish'] }, { '*': ['publish'] }, { 'a:*': ['publish'] }],
    [{ 'a:*': ['publish'] }, { '*:b': ['publish'] }, { 'a:b': ['publish'] }],
    [{ 'a:*:c': ['publish'] }, { 'a:b:*': ['publish'] }, { 'a:b:c': ['publish'] }],
    [{ 'a:*:c': ['publish'] }, { 'a:*': ['publish'] }, { 'a:*:c': ['publish'] }],
    [
      { '*': ['subscribe'], 'a:*': ['publish'] },
      { 'a:b': ['publish', 'subscribe'] },
      { 'a:b': ['publish', 'subscribe'] },
    ],
    [{ 'a:*': ['publish'] }, { a: ['publish'] }, 'empty'],
    [{ '*:c': ['publish'] }, { 'a:b:c': ['publish'] }, 'empty'],
    [{ '*': ['*'] }, { '[*]*': ['*'] }, { '*': ['*'] }],
    [{ '*': ['*'] }, { '[meta]*': ['subscribe'] }, 'empty'],
    [{ '[*]*': ['*'] }, { '[filter]x': ['subscribe'] }, { '[filter]x': ['subscribe'] }],
    [
      {
        'ns:*': ['publish', 'subscribe', 'presence'],
        notifications: ['subscribe', 'history'],
        alerts: ['subscribe'],
      },
      { 'ns:u1': ['subscribe'], notifications: ['*'], private: ['publish'] },
      { notifications: ['history', 'subscribe'], 'ns:u1': ['subscribe'] },
    ],
  ];

  it.skipIf(otherServer !== undefined).each(worked)('%j with %j: %j', async (key, requested, result) => {
    const service = await startService({
      keys: [{ name: 'appid.keyid', secret: 'secretsecretsecret', capability: key }],
    });

    const answer = await redeem(service.url, tokenRequest({ capability: JSON.stringify(requested) }));

    if (result === 'empty') expect(answer).toMatchObject({ status: 401, body: { error: { code: 40160 } } });
    else expect(answer.body.capability).toBe(JSON.stringify(result));
  });

  it.each<readonly [string, number, Resources | undefined, Resources | number]>([
    ['blanket', 1, undefined, K1],
    [
      'equal',
      1,
      K1,
      {
        ...K1,
        'pushenabled:*': ['publish', 'push-subscribe', 'subscribe'],
        'pushenabled:admin:*': ['publish', 'push-admin', 'subscribe'],
      },
    ],
    ['empty operations', 1, { 'canpublish:test': ['subscribe'] }, 401],
    ['empty paths', 2, { channelx: ['publish'] }, 401],
    ['operations in common', 2, { channel2: ['presence', 'subscribe'] }, { channel2: ['subscribe'] }],
    [
      'paths in common',
      2,
      { channel2: ['presence', 'subscribe'], channelx: ['presence', 'subscribe'] },
      { channel2: ['subscribe'] },
    ],
    ['all operations requested', 2, { channel2: ['*'] }, { channel2: ['publish', 'subscribe'] }],
    ['all operations in the key', 2, { channel6: ['publish', 'subscribe'] }, { channel6: ['publish', 'subscribe'] }],
    ['wildcard 1', 3, { cansubscribe: ['subscribe'] }, { cansubscribe: ['subscribe'] }],
    ['wildcard 2', 1, { 'canpublish:check': ['publish'] }, { 'canpublish:check': ['publish'] }],
    ['wildcard 3', 3, { 'cansubscribe:*': ['subscribe'] }, { 'cansubscribe:*': ['subscribe'] }],
    ['invalid: unknown operation', 0, { channel0: ['publish_'] }, 400],
    ['invalid: * beside another', 0, { channel0: ['*', 'publish'] }, 400],
    ['invalid: no operation', 0, { channel0: [] }, 400],
  ])('%s', async (_name, keyIndex, requested, expected) => {
    const answer = await server.requestToken(keyIndex, requested);

    if (typeof expected === 'number') expect(answer.status).toBe(expected);
    else expect(JSON.parse(answer.body.capability)).toEqual(expected);
  });
});

describe.skipIf(otherServer !== undefined)('the MAC of a TokenRequest, at a fixed time', () => {
  const NOW_MS = 1_700_000_000_000;

  it.each([
    [{}, 'Sw0tsogF7qQ8oKGfXD/ttYAfT6dZqtzPC/X6zJ36DXs='],
    [
      { ttl: 3_600_000, capability: '{"*":["subscribe"],"private":["publish","subscribe"]}', clientId: 'bob' },
      '+EhKxyzujAOGYcVy3ESgotsxLs9fwN7WX0U1ZuqMVAw=',
    ],
    [{ clientId: 'café 😀' }, 'Amay3I92z9G0xpxBnV1lfzs9Z6g5S0a+ieZWrQxXy1k='],
    [{ clientId: '*' }, '5LIv1Zw0ncymcmU2Tm/fJ27/CWw1YHVTn+FGrVqCyrg='],
    [
      { capability: '{"a":["history","presence"],"b":["publish","subscribe"]}' },
      'i35Kj7kdLxRBBFh16/lYec6AKmMvE/SuFy5NxRh+n8c=',
    ],
  ])('%j is redeemed with %s', async (params, mac) => {
    const service = await startService({ now: () => NOW_MS });

    const request = { keyName: 'appid.keyid', timestamp: NOW_MS, nonce: 'abcdefghijklmnop', ...params, mac };
    const answer = await redeem(service.url, request);

    expect(answer.body).toMatchObject({ keyName: 'appid.keyid', issued: NOW_MS, expires: NOW_MS + 3_600_000 });
    expect(answer.body.clientId).toBe('clientId' in params ? params.clientId : undefined);
    if ('capability' in params) expect(answer.body.capability).toBe(params.capability);
    const forged = await redeem(service.url, { ...request, mac: `Z${mac.slice(1)}` });
    expect(forged).toMatchObject({ status: 401, body: { error: { code: 40101 } } });
  });

  it('{} as capability verifies and asks for nothing', async () => {
    const service = await startService({ now: () => NOW_MS });
    const params = { keyName: 'appid.keyid', timestamp: NOW_MS, nonce: 'abcdefghijklmnop', capability: '{}' };

    const answer = await redeem(service.url, { ...params, mac: 'fhfNq6J+sLi6mrgKaNm+T+aH/0WsDy8CPkG+x9f6ijo=' });

    expect(answer.body.error.code).toBe(40160);
    expect(signTokenRequest(params).mac).toBe('fhfNq6J+sLi6mrgKaNm+T+aH/0WsDy8CPkG+x9f6ijo=');
  });
});
