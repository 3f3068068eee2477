/** Endpoints that take or refuse whom they should not, or say it in a wrong way, each in one. */
import type { AuthRequest } from '../../../core/http.ts';
import { answering, type Broken, isSignedIn, refusing, withHeader } from './broken.ts';
import { bearerOf, membersOnly } from './endpoints.ts';

function signedOut(request: AuthRequest): AuthRequest {
  return { ...request, headers: new Map([...request.headers].filter(([name]) => name !== 'authorization')) };
}

/** Signed in as `sub`, where there is one. */
function asIf(request: AuthRequest, sub: string | undefined): AuthRequest {
  if (sub === undefined) return request;
  return { ...request, headers: new Map([...request.headers, ['authorization', [`Bearer ${bearerOf(sub)}`]]]) };
}

function unsignedSub({ headers }: AuthRequest): string | undefined {
  const [, head, payload] = /^Bearer ([\w-]+)\.([\w-]+)\.$/.exec(headers.get('authorization')?.[0] ?? '') ?? [];
  const [{ alg }, { sub }] = [head, payload].map((part = 'e30') =>
    JSON.parse(Buffer.from(part, 'base64url').toString()),
  ) as [{ alg?: string }, { sub?: string }];
  return alg === 'none' ? sub : undefined;
}

export const BROKEN_MANNERS: readonly Broken[] = [
  {
    title: 'a token for everybody, where nobody should have one',
    change: (handle) => handle,
    target: { anonymous: 'refused' },
    found: ['anonymous', /200, and --anonymous says refused/],
  },
  {
    title: 'nothing for anybody, where everybody should have a token',
    config: membersOnly,
    change: (handle) => handle,
    found: ['anonymous', /401, and --anonymous says allowed/],
  },
  {
    title: '403 before signing in',
    config: membersOnly,
    target: { anonymous: 'refused' },
    change: answering((answer, request) =>
      answer.status === 401 && !isSignedIn(request) ? refusing(answer, 403, 40300) : undefined,
    ),
    found: ['anonymous', /403/],
    isWarning: true,
  },
  {
    title: 'a forged credential that falls through to anonymous',
    change: (handle) => async (request) => {
      const answer = await handle(request);
      return answer.status === 401 ? handle(signedOut(request)) : answer;
    },
    found: ['bad-credential', /200 for a credential that was changed/],
  },
  {
    title: 'a credential that says itself that it is not signed',
    change: (handle) => (request) => handle(asIf(request, unsignedSub(request))),
    found: ['bad-credential', /^200 for a JWT without a signature/],
  },
  {
    title: 'any unsigned JWT, beside tokens that are none',
    target: { credential: [['Authorization', 'Bearer token-of-bob']] },
    change: (handle) => (request) => {
      const isBob = request.headers.get('authorization')?.[0] === 'Bearer token-of-bob';
      return handle(asIf(request, isBob ? 'bob' : unsignedSub(request)));
    },
    found: ['bad-credential', /^200 for a JWT without a signature/],
  },
  {
    title: '403 for a session that ended',
    change: answering((answer) => (answer.status === 401 ? refusing(answer, 403, 40300) : undefined)),
    found: ['bad-credential', /never asks again/],
  },
  {
    title: '{"error":"Forbidden"}',
    change: answering((answer) => (answer.status === 403 ? { ...answer, body: '{"error":"Forbidden"}' } : undefined)),
    found: ['error-shape', /403, after which ably-js asks again and again/],
  },
  {
    title: 'a body that says another status',
    change: answering((answer) => {
      if (answer.status !== 403) return undefined;
      return { ...answer, body: JSON.stringify({ error: { code: 40300, statusCode: 401, message: 'Refused.' } }) };
    }),
    found: ['error-shape', /ably-js and ably-java asks/],
  },
  {
    title: 'an application code in a 403',
    change: answering((answer) => (answer.status === 403 ? refusing(answer, 403, 40399) : undefined)),
    found: ['error-shape', /ably-cocoa asks again and again/],
  },
  {
    title: 'a charset on errors',
    change: answering((answer) =>
      answer.status >= 400 ? withHeader(answer, 'Content-Type', 'application/json; charset=utf-8') : undefined,
    ),
    found: ['error-shape', /ably-js on Node does not read the reason/],
    isWarning: true,
  },
  {
    title: 'errors as text',
    change: answering((answer) =>
      answer.status >= 400 ? withHeader({ ...answer, body: 'no' }, 'Content-Type', 'text/plain') : undefined,
    ),
    found: ['error-shape', /the reason is lost/],
    isWarning: true,
  },
  {
    title: 'the code of an expired Ably token',
    change: answering((answer) => (answer.status === 401 ? refusing(answer, 401, 40142) : undefined)),
    found: ['error-codes', /code 40142/],
  },
  {
    title: 'a code after which clients stop',
    change: answering((answer) => (answer.status === 401 ? refusing(answer, 401, 40102) : undefined)),
    found: ['error-codes', /code 40102/],
    follows: ['error-shape'],
  },
  {
    title: '429 for whoever asks oddly',
    change: answering((answer, { method }) => (method === 'PUT' ? { ...answer, status: 429 } : undefined)),
    found: ['error-codes', /PUT: 429/],
  },
  {
    title: 'WWW-Authenticate',
    change: answering((answer) =>
      answer.status === 401 ? withHeader(answer, 'WWW-Authenticate', 'Bearer error="invalid_token"') : undefined,
    ),
    found: ['www-authenticate', /401 with "Bearer error=/],
  },
  {
    title: 'a credential for whatever method',
    change: (handle) => (request) => handle(request.method === 'PUT' ? { ...request, method: 'GET' } : request),
    found: ['methods', /PUT: 200/],
  },
  {
    title: '405 without Allow',
    change: answering((answer) => withHeader(answer, 'Allow', undefined)),
    found: ['methods', /without Allow/],
    isWarning: true,
  },
  {
    title: 'a form whose sender is not recognised',
    change: (handle) => (request) =>
      handle(request.method === 'POST' && request.body.length > 0 ? signedOut(request) : request),
    found: ['forms-agree', /POST with a form gives another credential than GET/],
  },
  {
    title: 'GET alone',
    change: answering((answer, { method }) => (method === 'POST' ? refusing(answer, 405, 40500) : undefined)),
    found: ['forms-agree', /POST with a form: 405/],
    isWarning: true,
  },
];
