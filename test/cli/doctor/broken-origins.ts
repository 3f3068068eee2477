/** Endpoints that let pages of other origins in, or keep out those that may, in a wrong way each. */
import type { AuthRequest, NameValue } from '../../../core/http.ts';
import { answering, type Broken, isSignedIn, refusing, withHeader } from './broken.ts';
import { ORIGIN } from './endpoints.ts';

const originOf = ({ headers }: AuthRequest): string => headers.get('origin')?.[0] ?? '';

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

export const BROKEN_ORIGINS: readonly Broken[] = [
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
