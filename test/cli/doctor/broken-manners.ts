/** Endpoints that refuse, or let browsers in, in a wrong way each. */
import type { AuthRequest, AuthResponse, NameValue } from '../../../core/http.ts';
import { answering, type Broken, withHeader } from './broken.ts';
import { bearerOf, membersOnly, ORIGIN } from './endpoints.ts';

const originOf = ({ headers }: AuthRequest): string => headers.get('origin')?.[0] ?? '';
const isSignedIn = ({ headers }: AuthRequest): boolean => headers.has('authorization');

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

function refusing(answer: AuthResponse, status: number, code: number, more: object = {}): AuthResponse {
  const body = JSON.stringify({ error: { code, statusCode: status, message: 'Refused.', ...more } });
  return withHeader({ ...answer, status, body }, 'X-Ably-ErrorCode', String(code));
}

/** Allows whom `allows` says, as somebody would who sets the headers by hand. */
function allowing(allows: (origin: string) => boolean): Broken['change'] {
  return answering((answer, request) =>
    allows(originOf(request))
      ? withHeader(
          withHeader(answer, 'Access-Control-Allow-Origin', originOf(request)),
          'Access-Control-Allow-Credentials',
          'true',
        )
      : undefined,
  );
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
  {
    title: 'a preflight that needs to be signed in',
    change: answering((answer, request) =>
      request.method === 'OPTIONS' && !isSignedIn(request) ? refusing(answer, 401, 40101) : undefined,
    ),
    found: ['preflight', /for authorization: 401/],
  },
  {
    title: 'a preflight that does not know Authorization',
    change: answering((answer, { method }) =>
      method === 'OPTIONS'
        ? withHeader(
            answer,
            'Access-Control-Allow-Headers',
            'content-type, x-ably-auth-resources, x-ably-auth-grant, x-ably-auth-guest',
          )
        : undefined,
    ),
    found: ['preflight', /lacks authorization/],
  },
  {
    title: 'CORS headers on success alone',
    change: answering((answer) =>
      answer.status >= 400 ? withHeader(answer, 'Access-Control-Allow-Origin', undefined) : undefined,
    ),
    found: ['cors', /GET with clientId, 403: no Access-Control-Allow-Origin/],
  },
  {
    title: 'CORS headers from the function and from the gateway',
    change: answering((answer, request) => {
      const again: NameValue = ['Access-Control-Allow-Origin', ORIGIN];
      return originOf(request) === ORIGIN ? { ...answer, headers: [...answer.headers, again] } : undefined;
    }),
    found: ['cors', /twice/],
    follows: ['preflight'],
  },
  {
    title: 'every origin echoed',
    change: allowing((origin) => origin !== ''),
    found: ['foreign-origin', /"https:\/\/stranger.example" is allowed; "null" is allowed/],
  },
  {
    title: 'an origin compared by its beginning',
    change: allowing((origin) => origin.startsWith(ORIGIN)),
    found: [
      'foreign-origin',
      /^"https:\/\/app\.example\.stranger\.example" is allowed; "https:\/\/app\.example:8443" is allowed$/,
    ],
  },
  {
    title: 'an origin compared by its end',
    change: allowing((origin) => origin.endsWith('app.example')),
    found: ['foreign-origin', /^"https:\/\/evil-app\.example" is allowed; "http:\/\/app\.example" is allowed$/],
  },
  {
    title: 'an origin compared without its scheme',
    change: allowing((origin) => /^https?:\/\/app\.example$/.test(origin)),
    found: ['foreign-origin', /^"http:\/\/app\.example" is allowed$/],
  },
  {
    title: 'an origin compared without its port',
    change: allowing((origin) => /^https:\/\/app\.example(:\d+)?$/.test(origin)),
    found: ['foreign-origin', /^"https:\/\/app\.example:8443" is allowed$/],
  },
  {
    title: 'a script for whoever names a callback',
    change: answering((answer, { query }) => {
      const callback = query.find(([name]) => name === 'callback')?.[1];
      if (callback === undefined || answer.status !== 200) return undefined;
      const body = `/**/ typeof ${callback} === 'function' && ${callback}(${answer.body});`;
      return withHeader({ ...answer, body }, 'Content-Type', 'text/javascript; charset=utf-8');
    }),
    found: ['foreign-origin', /^\?callback gets a script/],
  },
  {
    title: '"*" together with credentials',
    change: answering((answer) =>
      withHeader(withHeader(answer, 'Access-Control-Allow-Origin', '*'), 'Access-Control-Allow-Credentials', 'true'),
    ),
    found: ['foreign-origin', /"\*" together with credentials/],
    alsoWarns: ['preflight', 'cors'],
  },
  {
    title: 'no Vary',
    change: answering((answer) => withHeader(answer, 'Vary', undefined)),
    found: ['vary', /no Vary: Origin, and an origin is allowed by name/],
    isWarning: true,
  },
];
