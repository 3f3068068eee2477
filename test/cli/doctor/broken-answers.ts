/** Endpoints whose answers are wrong in one way each, and what of it the doctor must see. */

import type { Target } from '../../../cli/doctor/visit.ts';
import type { AuthEndpoint } from '../../../core/auth-endpoint.ts';
import type { AuthRequest, AuthResponse, NameValue } from '../../../core/http.ts';
import type { AuthConfig } from '../../../index.ts';

export interface Broken {
  readonly title: string;
  /** What is wrong with it. */
  readonly change: (handle: AuthEndpoint['handle']) => AuthEndpoint['handle'];
  readonly config?: Partial<AuthConfig>;
  readonly target?: Partial<Target>;
  /** The check that is about this mistake, and what it must have seen. */
  readonly found: readonly [id: string, seen: RegExp];
  /** Whether that one only warns. */
  readonly isWarning?: true;
  /** Other checks that this mistake cannot but fail. */
  readonly follows?: readonly string[];
  readonly alsoWarns?: readonly string[];
}

/** Another answer than ours, where `change` gives one. */
export function answering(
  change: (answer: AuthResponse, request: AuthRequest) => AuthResponse | undefined,
): Broken['change'] {
  return (handle) => async (request) => {
    const answer = await handle(request);
    return change(answer, request) ?? answer;
  };
}

export function withHeader(answer: AuthResponse, name: string, value: string | undefined): AuthResponse {
  const others = answer.headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase());
  return { ...answer, headers: value === undefined ? others : [...others, [name, value]] };
}

/** Fields of the TokenRequest, as if they had been signed like that. */
export function signing(
  change: (fields: Record<string, unknown>, request: AuthRequest) => Record<string, unknown>,
): Broken['change'] {
  return answering((answer, request) =>
    answer.status === 200 ? { ...answer, body: JSON.stringify(change(JSON.parse(answer.body), request)) } : undefined,
  );
}

const paramOf = ({ query }: AuthRequest, name: string): string | undefined =>
  query.findLast(([key]) => key === name)?.[1];
const without = (request: AuthRequest, name: string): AuthRequest => ({
  ...request,
  query: request.query.filter(([key]) => key !== name),
});
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
  {
    title: 'a capability as an object',
    change: signing((fields) => ({ ...fields, capability: JSON.parse(String(fields.capability)) })),
    found: ['capability', /no string/],
    follows: ['ably-java', 'ably-cocoa', 'ably-flutter'],
  },
  {
    title: 'no capability',
    change: signing(({ capability: _, ...fields }) => fields),
    found: ['capability', /all that the key can/],
  },
  {
    title: 'every right there is',
    change: signing((fields) => ({ ...fields, capability: '{"*":["*"]}' })),
    found: ['capability', /every operation on every channel/],
    isWarning: true,
  },
  {
    title: 'the capability that was asked for',
    change: signing((fields, request) => ({
      ...fields,
      capability: paramOf(request, 'capability') ?? fields.capability,
    })),
    found: ['capability-not-widened', /more than unasked/],
  },
  {
    title: 'the clientId that was asked for',
    change: (handle) => async (request) => {
      const clientId = paramOf(request, 'clientId');
      const isTwice = request.query.filter(([name]) => name === 'clientId').length > 1;
      if (clientId === undefined || isTwice) return handle(request);
      const answer = await handle(without(request, 'clientId'));
      return answer.status === 200
        ? { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), clientId }) }
        : answer;
    },
    found: ['foreign-client-id', /another’s, it was given; asked for "\*", it was given/],
  },
  {
    title: 'a clientId that is asked for and not given',
    change: (handle) => (request) =>
      handle(
        request.query.filter(([name]) => name === 'clientId').length === 1 ? without(request, 'clientId') : request,
      ),
    found: ['foreign-client-id', /not given: 200/],
    isWarning: true,
  },
  {
    title: 'the last of two clientIds',
    change: (handle) => async (request) => {
      const asked = request.query.filter(([name]) => name === 'clientId');
      if (asked.length < 2) return handle(request);
      const answer = await handle(without(request, 'clientId'));
      return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), clientId: asked.at(-1)?.[1] }) };
    },
    found: ['duplicate-parameter', /one of the two/],
  },
  {
    title: 'a ttl as text',
    change: signing((fields) => ({ ...fields, ttl: String(fields.ttl) })),
    found: ['ttl', /no number/],
    follows: ['ably-cocoa', 'ably-flutter'],
  },
  {
    title: 'a ttl of odd milliseconds',
    change: signing((fields) => ({ ...fields, ttl: 4_096_003 })),
    found: ['ttl', /not whole seconds/],
    follows: ['ably-cocoa'],
  },
  { title: 'no ttl', change: signing(({ ttl: _, ...fields }) => fields), found: ['ttl', /none/], isWarning: true },
  {
    title: 'a ttl of a week',
    change: signing((fields) => ({ ...fields, ttl: 7 * 86_400_000 })),
    found: ['ttl', /more than 24 hours/],
  },
  {
    title: 'a clock five minutes ahead',
    change: signing((fields) => ({ ...fields, timestamp: Number(fields.timestamp) + 300_000 })),
    found: ['clock', /300\.\d s ahead by this machine’s clock$|299\.\d s ahead by this machine’s clock$/],
  },
  {
    title: 'a timestamp in seconds',
    change: signing((fields) => ({ ...fields, timestamp: Math.floor(Number(fields.timestamp) / 1000) })),
    found: ['clock', /behind/],
  },
  {
    title: 'a token of nine kilobytes',
    config: { tokenFormat: 'jwt' },
    change: answering((answer) =>
      answer.status === 200 ? { ...answer, body: `${answer.body}${'A'.repeat(9_000)}` } : undefined,
    ),
    found: ['size', /a token of 9\d{3} bytes/],
  },
];
