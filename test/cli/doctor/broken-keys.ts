/** Endpoints that give away the API key, each in a way of its own. None of it may be shown. */
import type { AuthRequest, AuthResponse } from '../../../core/http.ts';
import { answering, type Broken, claiming, signing, withHeader } from './broken.ts';
import { KEY_SECRET } from './endpoints.ts';

/** Another key than the one that signs: nothing but its form tells what it is. */
const SECRET = 'obviously-fake-secret-as-long-as-a-real-one';
const KEY = `appid.keyid:${SECRET}`;
const MADE_EARLIER = 'fakeId.fakeId:0bviouslyFake-16';
const asBasic = (key: string): string => `Basic ${Buffer.from(key).toString('base64')}`;

/** What nobody who reads the doctor's words may find there. */
export const SECRETS: readonly string[] = [SECRET, MADE_EARLIER.slice(14), KEY_SECRET].flatMap((secret) => [
  secret,
  Buffer.from(secret).toString('base64').slice(4, 20),
]);

function inMessage(message: string, status = 401): Broken['change'] {
  return answering((answer) => {
    if (answer.status !== status) return undefined;
    const { error } = JSON.parse(answer.body);
    return { ...answer, body: JSON.stringify({ error: { ...error, message } }) };
  });
}

function inPlaceOfCredential(body: () => string, type: string): Broken['change'] {
  return answering((answer, { query }: AuthRequest): AuthResponse | undefined =>
    answer.status === 200 && !query.some(([name]) => name === 'health')
      ? withHeader({ ...answer, body: body() }, 'Content-Type', type)
      : undefined,
  );
}

export const BROKEN_KEYS: readonly Broken[] = [
  {
    title: 'the API key for a token',
    change: inPlaceOfCredential(() => KEY, 'text/plain'),
    found: ['credential', /^200, and in the place of a credential the API key "appid\.keyid"$/],
    follows: ['api-key'],
  },
  {
    title: 'a short one, which is a key by its place alone',
    change: inPlaceOfCredential(() => 'app.key:short-fake', 'text/plain'),
    found: ['credential', /the API key "app\.key"/],
    follows: ['api-key'],
  },
  {
    title: 'the API key in TokenDetails',
    change: inPlaceOfCredential(() => JSON.stringify({ token: KEY, issued: Date.now() }), 'application/json'),
    found: ['credential', /the API key "appid\.keyid"/],
    follows: ['api-key', 'not-cached', 'ttl', 'capability'],
    alsoWarns: ['ably-flutter'],
  },
  {
    title: 'the API key beside a TokenRequest',
    change: signing((fields) => ({ ...fields, key: KEY })),
    found: ['api-key', /^the secret of "appid\.keyid" is in \d+ of \d+ answers, as in GET: 200$/],
  },
  {
    title: 'the API key in a message',
    change: inMessage(`failed with ${KEY}.`),
    found: ['api-key', /as in GET: 401$/],
  },
  {
    title: 'a key of earlier years in a message',
    change: inMessage(`ABLY_API_KEY=${MADE_EARLIER}\n  at handler`),
    found: ['api-key', /"fakeId\.fakeId"/],
  },
  {
    title: 'the API key in a header, percent-encoded',
    change: answering((answer) =>
      answer.status === 403 ? withHeader(answer, 'X-Ably-ErrorMessage', encodeURIComponent(`key ${KEY}`)) : undefined,
    ),
    found: ['api-key', /as in GET with clientId: 403$/],
  },
  {
    title: 'a request to Ably in a message, with Basic authentication',
    change: inMessage(JSON.stringify({ headers: { authorization: asBasic(KEY) } })),
    found: ['api-key', /"appid\.keyid"/],
  },
  {
    title: 'the API key in a claim',
    config: { tokenFormat: 'jwt' },
    change: claiming((claims) => ({ ...claims, key: KEY })),
    found: ['api-key', /as in GET: 200$/],
    follows: ['credential'],
  },
  {
    title: 'the secret alone, of the key that signs',
    change: answering((answer) => withHeader(answer, 'X-Debug', `secret=${KEY_SECRET}`)),
    found: ['api-key', /^the secret of "appId1\.keyId1" is in \d+ of \d+ answers/],
  },
  {
    title: 'the secret alone, of the key that signs JWTs',
    config: { tokenFormat: 'jwt' },
    change: inMessage(`not signed with ${KEY_SECRET}`),
    found: ['api-key', /"appId1\.keyId1"/],
  },
  {
    title: 'a key whose name is known, escaped letter by letter',
    change: answering((answer) => {
      if (answer.status !== 401) return undefined;
      const letters = [...`appId1.keyId1:${KEY_SECRET}`].map(
        (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
      return { ...answer, body: `{"error":{"code":40101,"statusCode":401,"message":"${letters.join('')}"}}` };
    }),
    found: ['api-key', /"appId1\.keyId1"/],
    alsoWarns: ['error-shape'],
  },
];
