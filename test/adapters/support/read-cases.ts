/** What must reach the core of each request, whatever the host; a case may ask only for the traits of the host. */
import { expect } from 'vitest';
import type { AuthRequest } from '../../../core/http.ts';
import { MAX_BODY_BYTES } from '../../../core/limits.ts';
import { bodyText, type Host, SPOOFED_IP, type WireRequest } from './exchange.ts';

const FORM = ['Content-Type', 'application/x-www-form-urlencoded'] as const;
export const JSON_TYPE = ['Content-Type', 'application/json'] as const;

export interface ReadCase {
  readonly title: string;
  readonly request: WireRequest;
  readonly expected: (request: AuthRequest, host: Host) => void;
}

export const READ_CASES: readonly ReadCase[] = [
  {
    title: 'method',
    request: { method: 'POST', headers: [JSON_TYPE], body: '{}' },
    expected: ({ method }) => expect(method).toBe('POST'),
  },
  {
    title: 'no query',
    request: { method: 'GET' },
    expected: ({ query }) => expect(query).toEqual([]),
  },
  {
    title: 'encoded query',
    request: { method: 'GET', rawQuery: 'capability=%7B%22a%3Ab%22%3A%5B%22%2A%22%5D%7D&empty=&note=a+b%2Bc%26d%253D' },
    expected: ({ query }) =>
      expect(query).toEqual([
        ['capability', '{"a:b":["*"]}'],
        ['empty', ''],
        ['note', 'a b+c&d%3D'],
      ]),
  },
  {
    title: 'non-ASCII query',
    request: { method: 'GET', rawQuery: 'clientId=%C3%A9%E2%9C%93%F0%9F%98%80&%C3%BC=1' },
    expected: ({ query }) =>
      expect(query).toEqual([
        ['clientId', 'é✓😀'],
        ['ü', '1'],
      ]),
  },
  {
    title: 'repeated query',
    request: { method: 'GET', rawQuery: 'ttl=1&ttl=2&clientid=a&clientId=b' },
    expected: ({ query }, { repeatedQuery }) => {
      const ttl = query.filter(([name]) => name === 'ttl').map(([, value]) => value);
      expect(ttl).toEqual(repeatedQuery === 'kept' ? ['1', '2'] : ['2']);
      expect(new Map(query)).toEqual(
        new Map([
          ['ttl', '2'],
          ['clientid', 'a'],
          ['clientId', 'b'],
        ]),
      );
    },
  },
  {
    title: 'broken query',
    request: { method: 'GET', rawQuery: 'a=%ZZ&b=%C3%28&c=%&ok=1' },
    expected: ({ query }) => expect(query.at(-1)).toEqual(['ok', '1']),
  },
  {
    title: 'generator names',
    request: { method: 'GET', rawQuery: '__proto__=1&constructor=2&toString=3' },
    expected: ({ query }) => expect(new Set(query.map(([, value]) => value))).toEqual(new Set(['1', '2', '3'])),
  },
  {
    title: 'header case',
    request: {
      method: 'GET',
      headers: [
        ['AUTHORIZATION', 'Bearer one'],
        ['x-ReQuEsTeD-WiTh', 'two'],
      ],
    },
    expected: ({ headers }) => {
      expect(headers.get('authorization')).toEqual(['Bearer one']);
      expect(headers.get('x-requested-with')).toEqual(['two']);
      for (const name of headers.keys()) expect(name).toBe(name.toLowerCase());
    },
  },
  {
    title: 'repeated headers',
    request: {
      method: 'GET',
      headers: [
        ['Authorization', 'Bearer one'],
        ['authorization', 'Bearer two'],
      ],
    },
    expected: ({ headers }, { repeatedHeaders }) => {
      const values = headers.get('authorization');
      if (repeatedHeaders === 'kept') expect(values).toEqual(['Bearer one', 'Bearer two']);
      if (repeatedHeaders === 'joined')
        expect(values?.map((v) => v.replace(', ', ','))).toEqual(['Bearer one,Bearer two']);
      if (repeatedHeaders === 'last') expect(values).toEqual(['Bearer two']);
    },
  },
  {
    title: 'cookies',
    request: { method: 'GET', headers: [['Cookie', 'a=1; b="x y=z"; c=%41; a=2; empty=']] },
    expected: ({ cookies, headers }) => {
      expect(cookies).toEqual([
        ['a', '1'],
        ['b', '"x y=z"'],
        ['c', '%41'],
        ['a', '2'],
        ['empty', ''],
      ]);
      expect(headers.get('cookie')).toEqual(['a=1; b="x y=z"; c=%41; a=2; empty=']);
    },
  },
  {
    title: 'two Cookie headers',
    request: {
      method: 'GET',
      headers: [
        ['Cookie', 'a=1'],
        ['cookie', 'a=2; b=3'],
      ],
    },
    expected: ({ cookies }, { repeatedCookieHeaders }) =>
      expect(cookies).toEqual(
        repeatedCookieHeaders === 'kept'
          ? [
              ['a', '1'],
              ['a', '2'],
              ['b', '3'],
            ]
          : [
              ['a', '2'],
              ['b', '3'],
            ],
      ),
  },
  {
    title: 'form body',
    request: { method: 'POST', headers: [FORM], body: 'clientId=%C3%A9&capability=%7B%7D&clientId=b' },
    expected: (request) => expect(bodyText(request)).toBe('clientId=%C3%A9&capability=%7B%7D&clientId=b'),
  },
  {
    title: 'JSON body',
    request: { method: 'POST', headers: [JSON_TYPE], body: '{"clientId":"é✓😀"}' },
    expected: (request) => expect(bodyText(request)).toBe('{"clientId":"é✓😀"}'),
  },
  {
    title: 'no body',
    request: { method: 'POST', headers: [FORM] },
    expected: ({ body }) => expect(body).toHaveLength(0),
  },
  {
    title: 'largest body',
    request: { method: 'POST', headers: [FORM], body: 'a'.repeat(MAX_BODY_BYTES) },
    expected: ({ body }) => expect(body).toHaveLength(MAX_BODY_BYTES),
  },
  {
    title: 'body too large',
    request: { method: 'POST', headers: [FORM], body: 'a'.repeat(MAX_BODY_BYTES + 1) },
    expected: ({ body }) => expect(body.length).toBeGreaterThan(MAX_BODY_BYTES),
  },
  {
    title: 'client address',
    request: {
      method: 'GET',
      headers: [
        ['X-Forwarded-For', SPOOFED_IP],
        ['X-Real-IP', SPOOFED_IP],
        ['X-Vercel-Forwarded-For', SPOOFED_IP],
        ['X-Nf-Client-Connection-Ip', SPOOFED_IP],
        ['Forwarded', `for=${SPOOFED_IP}`],
      ],
    },
    expected: ({ platform }, { clientIp }) => expect(platform.clientIp).toBe(clientIp),
  },
  {
    title: 'request id',
    request: {
      method: 'GET',
      headers: [
        ['X-Request-Id', 'mine'],
        ['X-Vercel-Id', 'mine'],
        ['X-Amzn-RequestId', 'mine'],
      ],
    },
    expected: ({ platform }, { requestId }) => expect(platform.requestId).toBe(requestId),
  },
  {
    title: 'no claims',
    request: {
      method: 'GET',
      headers: [
        ['X-Amzn-Oidc-Identity', 'admin'],
        ['Authorization', 'Bearer one'],
      ],
    },
    expected: ({ platform }) => expect(platform).not.toHaveProperty('verifiedClaims'),
  },
];
