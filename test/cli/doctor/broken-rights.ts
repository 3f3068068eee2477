/** Endpoints that sign the wrong thing, or for whom they should not. */
import type { AuthRequest } from '../../../core/http.ts';
import { answering, type Broken, claiming, signing } from './broken.ts';

const paramOf = ({ query }: AuthRequest, name: string): string | undefined =>
  query.findLast(([key]) => key === name)?.[1];
const without = (request: AuthRequest, name: string): AuthRequest => ({
  ...request,
  query: request.query.filter(([key]) => key !== name),
});
/** What stands in the body, where it is a form or JSON. */
const sentIn = (type: 'form' | 'json', { headers, body }: AuthRequest): Readonly<Record<string, string>> => {
  if (!headers.get('content-type')?.[0]?.includes(type)) return {};
  const text = Buffer.from(body).toString();
  return type === 'json' ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text));
};
const OWN_HEADER = Buffer.from('{"alg":"RS256","kid":"2026-11"}').toString('base64url');

export const BROKEN_RIGHTS: readonly Broken[] = [
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
  ...(['form', 'json'] as const).flatMap((type): readonly Broken[] => {
    const how = type === 'form' ? 'POST with a form' : 'POST with JSON';
    return [
      {
        title: `the capability that was asked for in a body, ${type}`,
        change: signing((fields, request) => ({
          ...fields,
          capability: sentIn(type, request).capability ?? fields.capability,
        })),
        found: ['capability-not-widened', new RegExp(`^more than unasked, by ${how}$`)],
      },
      {
        title: `the clientId that was asked for in a body, ${type}`,
        change: (handle) => async (request) => {
          const { clientId } = sentIn(type, request);
          if (clientId === undefined) return handle(request);
          const answer = await handle({ ...request, body: '' });
          return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), clientId }) };
        },
        found: [
          'foreign-client-id',
          new RegExp(`^asked for another’s by ${how}, it was given; asked for "\\*" by ${how}, it was given$`),
        ],
      },
    ];
  }),
  {
    title: 'whichever channels are named, where "*" is refused',
    change: (handle) => async (request) => {
      const capability = paramOf(request, 'capability');
      if (capability === undefined || capability.includes('*')) return handle(request);
      const answer = await handle(without(request, 'capability'));
      return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), capability }) };
    },
    found: ['capability-not-widened', /^more than unasked, by GET, where channels are named$/],
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
    found: ['foreign-client-id', /another’s by GET, it was given; asked for "\*" by GET, it was given/],
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
    title: 'a TokenRequest that nobody signed',
    change: signing(({ mac: _, ...fields }) => fields),
    found: ['credential', /no mac/],
  },
  {
    title: 'a nonce that is too short',
    change: signing((fields) => ({ ...fields, nonce: String(fields.nonce).slice(0, 12) })),
    found: ['credential', /less than 16 characters/],
  },
  {
    title: 'a JWT of the app’s own',
    config: { tokenFormat: 'jwt' },
    change: answering((answer) =>
      answer.status === 200 ? { ...answer, body: `${OWN_HEADER}${answer.body.replace(/^[^.]+/, '')}` } : undefined,
    ),
    found: ['credential', /not signed with HS256/],
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
    title: 'the ttl that was asked for',
    change: signing((fields, request) => ({ ...fields, ttl: Number(paramOf(request, 'ttl') ?? fields.ttl) })),
    found: ['ttl', /^3600 s, and 86400 s for whoever asks/],
    isWarning: true,
  },
  {
    title: 'a clock five minutes ahead',
    change: signing((fields) => ({ ...fields, timestamp: Number(fields.timestamp) + 300_000 })),
    found: ['clock', /300\.\d s ahead by this machine’s clock$|299\.\d s ahead by this machine’s clock$/],
  },
  {
    title: 'a timestamp in seconds',
    change: signing((fields) => ({ ...fields, timestamp: Math.floor(Number(fields.timestamp) / 1000) })),
    found: ['clock', /^its timestamp counts seconds$/],
  },
  {
    title: 'a ttl in seconds',
    change: signing((fields) => ({ ...fields, ttl: Number(fields.ttl) / 1000 })),
    found: ['ttl', /^3600 milliseconds, which look like seconds$/],
  },
  {
    title: 'a JWT in milliseconds',
    config: { tokenFormat: 'jwt' },
    change: claiming(({ iat, exp, ...claims }) => ({ ...claims, iat: Number(iat) * 1000, exp: Number(exp) * 1000 })),
    found: ['clock', /^its iat and exp count milliseconds$/],
    follows: ['ttl'],
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
