/**
 * Random requests, most of them hostile in one way or another: what a browser would never send, what a proxy mangles,
 * what an attacker tries. Mixed with enough of what is right that every answer of the endpoint comes up.
 */
import fc from 'fast-check';
import type { AuthRequest, NameValue } from '../../core/http.ts';
import { authRequest, sessionCookie } from '../core/auth-request.ts';
import { resources } from '../core/capability/samples.ts';

export const APP = 'https://app.example';

const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    ...['', '*', '__proto__', 'constructor', 'null', 'undefined', '[object Object]', '0', '-1', '1e999', '{sub}', '$'],
    ...['a\nb', 'a\r\nSet-Cookie: x=y', '\u0000', '\u2028', '\ud800', '../..', '%00', '%c0%ae', '<script>', '"', '\\'],
    ...['v1.a.b.c', 'Bearer x', 'Basic YTpi', 'cookie', 'eyJhbGciOiJub25lIn0..', 'x'.repeat(5_000)],
  ),
);

const operations = fc.oneof(
  { weight: 8, arbitrary: fc.subarray(['publish', 'subscribe', 'presence', 'history'], { minLength: 1 }) },
  { weight: 3, arbitrary: fc.constant(['*']) },
  { weight: 1, arbitrary: fc.array(hostileText, { maxLength: 3 }) },
);

const requestedResources = fc.oneof(
  { weight: 6, arbitrary: resources },
  {
    weight: 6,
    arbitrary: fc.constantFrom('room:7', 'room:*', 'user:bob', 'user:*', 'news', '*', '[*]*', '*:bob', 'x:*'),
  },
  { weight: 1, arbitrary: hostileText },
);

/** An object as JSON text; made by hand, so that names may come twice and be `__proto__`. */
const jsonObject = (members: fc.Arbitrary<readonly (readonly [string, unknown])[]>) =>
  members.map((list) => `{${list.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`);

const capabilityText = fc.oneof(
  { weight: 8, arbitrary: jsonObject(fc.array(fc.tuple(requestedResources, operations), { maxLength: 5 })) },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: hostileText },
);

const clientIds = fc.oneof(fc.constantFrom('bob', 'eve', '*', '', 'web:bob', 'bob\n1'), hostileText);

const parameter: fc.Arbitrary<NameValue> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant('capability'), capabilityText) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('clientId'), clientIds) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('ttl'), fc.oneof(fc.nat(1e8).map(String), hostileText)) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom('rnd', 'format', 'nonce', 'keyName', 'mac', 'resources'), hostileText),
  },
  { weight: 1, arbitrary: fc.tuple(hostileText, hostileText) },
);

const parameters = fc.array(parameter, { maxLength: 3 });

const jsonBody = fc.oneof(
  { weight: 4, arbitrary: jsonObject(parameters) },
  {
    weight: 4,
    arbitrary: capabilityText.map((text) => `{"capability":${text},"clientId":null}`),
  },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.constantFrom('['.repeat(60_000), '"'.repeat(60_000), `{"a":"${'\\'.repeat(60_000)}`) },
);

const body: fc.Arbitrary<readonly [type: string | undefined, content: string | Uint8Array]> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant('application/json'), jsonBody) },
  {
    weight: 6,
    arbitrary: fc.tuple(
      fc.constant('application/x-www-form-urlencoded'),
      parameters.map((pairs) =>
        new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString(),
      ),
    ),
  },
  { weight: 2, arbitrary: fc.constant([undefined, ''] as const) },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constantFrom(undefined, 'application/json', 'application/x-www-form-urlencoded', 'text/plain', 'é'),
      fc.oneof(fc.uint8Array({ maxLength: 200 }), hostileText),
    ),
  },
  { weight: 1, arbitrary: fc.constant(['application/json', 'x'.repeat(65_537)] as const) },
);

const headers = fc.dictionary(
  fc.oneof(
    fc.constantFrom('authorization', 'x-forwarded-host', 'x-ably-auth-grant', 'host', 'cookie', '__proto__'),
    hostileText,
  ),
  fc.oneof(hostileText, fc.array(hostileText, { maxLength: 3 })),
  { maxKeys: 3, noNullPrototype: true },
);

const origins = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<readonly string[]>([], [APP]) },
  { weight: 2, arbitrary: fc.constantFrom<readonly string[]>(['null'], ['https://evil.example'], [APP, APP], ['']) },
  { weight: 1, arbitrary: hostileText.map((text) => [text]) },
);

const sites = fc.constantFrom<readonly string[]>([], [], [], ['same-origin'], ['cross-site'], ['none'], ['x', 'y']);

/** The subject of the session that a request carries well; `undefined` when it carries none, or none that is good. */
export interface HostileRequest {
  readonly request: AuthRequest;
  readonly subject: string | undefined;
}

const subjects = fc
  .oneof(
    { weight: 4, arbitrary: fc.constantFrom('bob', 'eve', 'auth0|7') },
    {
      weight: 2,
      arbitrary: fc.constantFrom('a:b', '*', 'bob\n1', '[meta]x', '{sub}', '__proto__', 'x'.repeat(257), 'a,b'),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }) },
  )
  .filter((subject) => !/\p{Surrogate}/u.test(subject));

const cookies: fc.Arbitrary<{ readonly sent: readonly NameValue[]; readonly subject?: string }> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ sent: [] }) },
  { weight: 8, arbitrary: subjects.map((subject) => ({ sent: [sessionCookie({ subject })], subject })) },
  { weight: 1, arbitrary: subjects.map((subject) => ({ sent: [sessionCookie({ subject }), sessionCookie()] })) },
  { weight: 1, arbitrary: hostileText.map((value) => ({ sent: [['__Host-ably-auth-session', value] as const] })) },
  { weight: 1, arbitrary: fc.array(fc.tuple(hostileText, hostileText), { maxLength: 3 }).map((sent) => ({ sent })) },
);

export const hostileRequests: fc.Arbitrary<HostileRequest> = fc
  .record({
    method: fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom('GET', 'POST') },
      { weight: 1, arbitrary: fc.constantFrom('OPTIONS', 'PUT', 'HEAD', 'get') },
      { weight: 1, arbitrary: hostileText },
    ),
    ...{ query: parameters, headers, origins, sites, cookies, body },
    requestId: fc.option(hostileText, { nil: undefined }),
  })
  .map(
    ({
      method,
      query,
      headers: more,
      origins: origin,
      sites: site,
      cookies: { sent, subject },
      body: [type, content],
      requestId,
    }) => ({
      subject,
      request: authRequest({
        ...{ method, query, cookies: sent, body: method === 'POST' ? content : '' },
        headers: {
          ...more,
          ...(origin.length > 0 && { origin }),
          ...(site.length > 0 && { 'sec-fetch-site': site }),
          ...(type !== undefined && { 'content-type': type }),
        },
        ...(requestId !== undefined && { platform: { requestId } }),
      }),
    }),
  );
