import { describe, expect, it } from 'vitest';
import { AuthFailure } from '../../../core/errors.ts';
import type { AuthRequest, NameValue } from '../../../core/http.ts';
import { readWishes } from '../../../core/wire/read-wishes.ts';
import { authRequest, postForm, postJson } from '../auth-request.ts';
import { capabilityOf } from '../capability/samples.ts';

const IGNORE_TTL = { honourRequestedTtl: false };
const HONOUR_TTL = { honourRequestedTtl: true };
const CAPABILITY = '{"room:7":["subscribe"]}';

const get = (query: readonly NameValue[] | Record<string, string>) => authRequest({ query });

describe('readWishes', () => {
  it('of a bare GET or POST are none', async () => {
    expect(await readWishes(authRequest(), HONOUR_TTL)).toEqual({});
    expect(await readWishes(authRequest({ method: 'POST' }), HONOUR_TTL)).toEqual({});
    expect(await readWishes(authRequest({ method: 'POST', body: new Uint8Array() }), HONOUR_TTL)).toEqual({});
  });

  const asked: Record<string, string> = { capability: CAPABILITY, clientId: 'bob é', ttl: '90000' };
  it.each<[string, AuthRequest]>([
    ['a query', get(asked)],
    ['a form', postForm(new URLSearchParams(asked).toString())],
    ['a JSON object', postJson(asked)],
    [
      'a JSON object with a number and an object',
      postJson({ ...asked, capability: JSON.parse(CAPABILITY), ttl: 90_000 }),
    ],
    ['the bytes of a form', asBytes(postForm(new URLSearchParams(asked).toString()))],
    ['the bytes of a JSON object', asBytes(postJson(asked))],
    [
      'a query beside a form that has only the rest',
      postForm('clientId=bob+%C3%A9', { query: { capability: CAPABILITY, ttl: '90000' } }),
    ],
    ['a query beside an empty JSON object', postJson({}, { query: asked })],
    ['a query and a form that agree', postForm(new URLSearchParams(asked).toString(), { query: asked })],
    ['a query and a JSON object that agree', postJson({ ...asked, ttl: 90_000 }, { query: asked })],
  ])('are read from %s', async (_, request) => {
    expect(await readWishes(request, HONOUR_TTL)).toEqual({
      requestedCapability: capabilityOf({ 'room:7': ['subscribe'] }),
      requestedClientId: 'bob é',
      requestedTtlMs: 90_000,
    });
  });

  it('are there at once unless something is JSON', () => {
    expect(readWishes(get({ clientId: 'bob', capability: '' }), HONOUR_TTL)).toEqual({ requestedClientId: 'bob' });
    expect(readWishes(postForm('clientId=bob'), HONOUR_TTL)).toEqual({ requestedClientId: 'bob' });
    expect(readWishes(postJson({ clientId: 'bob' }), HONOUR_TTL)).toBeInstanceOf(Promise);
  });

  it('do not come from the body of a GET', async () => {
    const headers = { 'content-type': 'application/json' };
    expect(await readWishes(authRequest({ headers, body: '{"clientId":"eve"}' }), HONOUR_TTL)).toEqual({});
  });

  it.each([
    'rnd=1&rnd=2&format=msgpack&timestamp=x&nonce=y&mac=z&keyName=a.b',
    'resources=%5B%22a%22%5D&resources=b',
    'client_id=eve&clientid=eve&ClientId=eve&clientId%20=eve&%20clientId=eve&clientId[]=eve',
    '__proto__=1&__proto__=2&constructor=x',
  ])('are not: %s', async (text) => {
    expect(await readWishes(get([...new URLSearchParams(text)]), HONOUR_TTL)).toEqual({});
    expect(await readWishes(postForm(text), HONOUR_TTL)).toEqual({});
  });

  it.each<[string, AuthRequest]>([
    ['an empty clientId in a query', get({ clientId: '' })],
    ['an empty clientId in a form', postForm('clientId=')],
    ['an empty clientId in JSON', postJson({ clientId: '' })],
    ['null in JSON', postJson({ clientId: null, capability: null, ttl: null })],
    ['an empty capability text', get({ capability: '' })],
    ['an empty ttl', get({ ttl: '' })],
  ])('%s asks for nothing in particular', async (_, request) => {
    expect(await readWishes(request, HONOUR_TTL)).toEqual({});
  });

  it('the capability {} asks for no right at all, which is not the same as not asking', async () => {
    expect(await readWishes(get({ capability: '{}' }), IGNORE_TTL)).toEqual({ requestedCapability: new Map() });
    expect(await readWishes(postJson({ capability: {} }), IGNORE_TTL)).toEqual({ requestedCapability: new Map() });
  });

  it('S3: a ttl is not even looked at unless the config honours it', async () => {
    for (const ttl of ['90000', 'soon', '-1', '1.5']) expect(await readWishes(get({ ttl }), IGNORE_TTL)).toEqual({});
  });

  it('S3: a ttl in JSON is not looked at either', async () => {
    expect(await readWishes(postJson({ ttl: 90_000.5 }), IGNORE_TTL)).toEqual({});
  });

  it('keep names that generators trip over', async () => {
    const names = ['__proto__', 'constructor', '10', '9'];
    const text = `{${names.map((name) => `"${name}":["publish"]`).join()}}`;
    for (const request of [get({ capability: text }), postJson(`{"capability":${text}}`)]) {
      const { requestedCapability } = await readWishes(request, IGNORE_TTL);
      expect([...(requestedCapability?.keys() ?? [])].sort()).toEqual([...names].sort());
    }
  });

  it.each<[string, AuthRequest, string]>([
    [
      'clientId twice in a query',
      get([
        ['clientId', 'bob'],
        ['clientId', 'bob'],
      ]),
      'clientId comes twice',
    ],
    ['clientId twice in a form', postForm('clientId=bob&clientId=bob'), 'clientId comes twice'],
    [
      'ttl twice although ignored',
      get([
        ['ttl', '1'],
        ['ttl', '1'],
      ]),
      'ttl comes twice',
    ],
    [
      'clientId that differs',
      postForm('clientId=eve', { query: { clientId: 'bob' } }),
      'clientId differs between query and body',
    ],
    [
      'clientId that is empty in the query only',
      postForm('clientId=bob', { query: { clientId: '' } }),
      'clientId differs between query and body',
    ],
    [
      'clientId that is empty in the body only',
      postForm('clientId=', { query: { clientId: 'bob' } }),
      'clientId differs between query and body',
    ],
    [
      'capability that differs',
      postJson({ capability: {} }, { query: { capability: CAPABILITY } }),
      'capability differs between query and body',
    ],
    [
      'a name twice in JSON',
      postJson('{"clientId":"bob","clientId":"eve"}'),
      'the body is refused as JSON: a name comes twice',
    ],
    [
      'the same name in two spellings',
      postJson('{"clientId":"bob","client\\u0049d":"eve"}'),
      'the body is refused as JSON: a name comes twice',
    ],
    ['JSON that is none', postJson('{"clientId":'), 'the body is refused as JSON: not JSON'],
    ['JSON that nests five deep', postJson({ x: [[[[]]]] }), 'the body is refused as JSON: nested too deeply'],
    ['a JSON list', postJson([]), 'the body is no JSON object'],
    ['JSON null', postJson('null'), 'the body is no JSON object'],
    ['a JSON string', postJson('"clientId=bob"'), 'the body is no JSON object'],
    ['a clientId that is a number', postJson({ clientId: 7 }), 'clientId is of the wrong type'],
    ['a clientId that is a list', postJson({ clientId: ['bob'] }), 'clientId is of the wrong type'],
    ['a capability that is true', postJson({ capability: true }), 'capability is of the wrong type'],
    ['a capability that is no JSON', get({ capability: '{' }), 'capability is refused as JSON: not JSON'],
    [
      'a capability that names a channel twice',
      get({ capability: '{"a":["publish"],"a":["*"]}' }),
      'capability is refused as JSON: a name comes twice',
    ],
    ['a capability that is a list', get({ capability: '[]' }), 'capability: 1 problems'],
    ['a capability with an unknown operation', get({ capability: '{"a":["fly"],"b":[]}' }), 'capability: 2 problems'],
    ['a capability with "*" beside others', get({ capability: '{"a":["*","publish"]}' }), 'capability: 1 problems'],
    ['a capability of 101 resources', get({ capability: resources(101) }), 'capability: 1 problems'],
    ['a capability larger than 64 KiB', get({ capability: `"${'x'.repeat(65_536)}"` }), 'capability is too large'],
    ['a ttl in words', get({ ttl: 'soon' }), 'ttl is not a whole number of milliseconds'],
    ['a negative ttl', get({ ttl: '-60000' }), 'ttl is not a whole number of milliseconds'],
    ['a fractional ttl', get({ ttl: '60000.5' }), 'ttl is not a whole number of milliseconds'],
    ['a ttl of 16 digits', get({ ttl: '1'.repeat(16) }), 'ttl is not a whole number of milliseconds'],
    ['a fractional ttl in JSON', postJson({ ttl: 1.5 }), 'ttl is of the wrong type'],
    ['a body without a type', authRequest({ method: 'POST', body: 'clientId=bob' }), 'a body needs one Content-Type'],
    [
      'text',
      postForm('clientId=bob', { headers: { 'content-type': 'text/plain' } }),
      'the Content-Type is neither a form nor JSON',
    ],
    [
      'a multipart form',
      postForm('x', { headers: { 'content-type': 'multipart/form-data; boundary=x' } }),
      'the Content-Type is neither a form nor JSON',
    ],
    ['bytes that are not UTF-8', asBytes(postForm(''), [0x61, 0xff]), 'the body is not UTF-8'],
    ['half a character at the end', asBytes(postForm(''), [0xc3]), 'the body is not UTF-8'],
    ['65,537 bytes', postForm('x'.repeat(65_537)), 'the body is larger than 65536 bytes'],
    ['32,769 characters of two bytes', postForm('é'.repeat(32_769)), 'the body is larger than 65536 bytes'],
    [
      '65,537 bytes of another type',
      postForm('x'.repeat(65_537), { headers: { 'content-type': 'x/y' } }),
      'the body is larger than 65536 bytes',
    ],
  ])('S15: refuses %s', async (_, request, detail) => {
    expect(await failureOf(() => readWishes(request, HONOUR_TTL))).toEqual(['malformed-request', detail]);
  });

  it('S15: refuses a body whose type was sent twice', async () => {
    const request = postForm('clientId=bob', { headers: { 'content-type': ['application/json', 'application/json'] } });
    expect(await failureOf(() => readWishes(request, HONOUR_TTL))).toEqual([
      'malformed-request',
      'a body needs one Content-Type',
    ]);
  });

  it('S15: takes 65,536 bytes and 100 resources', async () => {
    expect(await readWishes(postForm(`clientId=bob&x=${'x'.repeat(65_521)}`), HONOUR_TTL)).toEqual({
      requestedClientId: 'bob',
    });
    expect((await readWishes(get({ capability: resources(100) }), HONOUR_TTL)).requestedCapability?.size).toBe(100);
  });

  it.each(['application/json; charset=utf-8', 'Application/JSON', ' application/json ;x'])(
    'reads JSON of type %j',
    async (type) => {
      const request = postJson({ clientId: 'bob' }, { headers: { 'content-type': type } });
      expect(await readWishes(request, HONOUR_TTL)).toEqual({ requestedClientId: 'bob' });
    },
  );

  it('S10: says nothing of the values that it refuses', async () => {
    const requests = [
      get({ capability: '{"secret-room":["secret-right"]}' }),
      postJson('{"clientId":"secret-name"'),
      postForm('clientId=secret-a', { query: { clientId: 'secret-b' } }),
    ];
    for (const request of requests) {
      expect((await failureOf(() => readWishes(request, HONOUR_TTL))).join()).not.toContain('secret');
    }
  });
});

async function failureOf(act: () => unknown): Promise<unknown[]> {
  try {
    return [await act()];
  } catch (error) {
    if (!(error instanceof AuthFailure)) throw error;
    return [error.reason, error.detail];
  }
}

function asBytes(request: AuthRequest, bytes?: readonly number[]): AuthRequest {
  return { ...request, body: bytes ? new Uint8Array(bytes) : new TextEncoder().encode(String(request.body)) };
}

function resources(count: number): string {
  return JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, index) => [`r${index}`, ['publish']])));
}
