/** Endpoints whose answers have a wrong form, each in one way, and what of it the doctor must see. */
import type { AuthResponse, NameValue } from '../../../core/http.ts';
import { answering, type Broken, signing, withHeader } from './broken.ts';

const JSON_TYPE: NameValue = ['Content-Type', 'application/json'];

export const BROKEN_ANSWERS: readonly Broken[] = [
  {
    title: 'a credential as text/html',
    change: answering((answer) =>
      answer.status === 200 ? withHeader(answer, 'Content-Type', 'text/html') : undefined,
    ),
    found: ['answer-form', /JSON as "text\/html"/],
    follows: ['ably-js', 'ably-java', 'ably-cocoa'],
  },
  {
    title: 'no Content-Type',
    change: answering((answer) => (answer.status === 200 ? withHeader(answer, 'Content-Type', undefined) : undefined)),
    found: ['answer-form', /no Content-Type/],
    follows: ['ably-js', 'ably-cocoa'],
  },
  {
    title: 'a line break after the token',
    config: { tokenFormat: 'jwt' },
    change: answering((answer) => (answer.status === 200 ? { ...answer, body: `${answer.body}\n` } : undefined)),
    found: ['answer-form', /line break/],
    follows: ['ably-js', 'ably-java', 'ably-cocoa', 'ably-flutter'],
  },
  {
    title: 'a key that browsers take for an envelope',
    change: signing((fields) => ({ ...fields, response: 'ok' })),
    found: ['answer-form', /"response"/],
    follows: ['ably-js'],
  },
  {
    title: 'the credential in an envelope',
    change: signing((fields) => ({ data: fields })),
    found: ['answer-form', /neither a TokenRequest nor TokenDetails/],
    follows: ['credential', 'ably-js', 'ably-java', 'ably-cocoa', 'ably-flutter'],
  },
  {
    title: 'a token as a JSON string',
    config: { tokenFormat: 'jwt' },
    change: answering((answer) =>
      answer.status === 200 ? withHeader({ ...answer, body: JSON.stringify(answer.body) }, ...JSON_TYPE) : undefined,
    ),
    found: ['answer-form', /JSON string/],
    follows: ['credential', 'ably-java', 'ably-cocoa', 'ably-flutter'],
  },
  {
    title: 'answers that may be kept',
    change: answering((answer) => withHeader(answer, 'Cache-Control', 'public, max-age=60')),
    found: ['not-cached', /"public, max-age=60"/],
  },
  {
    title: 'a CDN that may keep them',
    change: answering((answer) => withHeader(answer, 'CDN-Cache-Control', 's-maxage=60')),
    found: ['not-cached', /cdn-cache-control "s-maxage=60"/],
  },
  {
    title: 'the same TokenRequest for everybody who asks alike',
    change: (handle) => {
      const kept = new Map<string, Promise<AuthResponse>>();
      return (request) => {
        const key = JSON.stringify([request.method, request.query, request.body.length, ...request.headers]);
        const answer = kept.get(key) ?? handle(request);
        kept.set(key, answer);
        return answer;
      };
    },
    found: ['not-cached', /the same nonce/],
  },
  {
    title: 'an ETag',
    change: answering((answer) => withHeader(answer, 'ETag', 'W/"10d-fake"')),
    found: ['not-cached', /ETag/],
    isWarning: true,
  },
  {
    title: 'MessagePack for whoever says they prefer it',
    change: answering((answer, { headers }) =>
      headers.get('accept')?.[0]?.startsWith('application/x-msgpack')
        ? { ...answer, status: 406, body: '' }
        : undefined,
    ),
    found: ['ably-cocoa', /asked as ably-cocoa asks: 406/],
  },
];
