/** What a browser lets a page of another origin see: whoever is allowed everything, whoever is not nothing. */
import type { NameValue } from '../../../core/http.ts';
import { type Check, fails, gravest, informs, type Outcome, passes, warns } from '../check.ts';
import type { Exchange } from '../exchange.ts';
import { header, listed, named } from '../headers.ts';
import { quote } from '../quote.ts';
import { type Ask, NotChecked, type Target } from '../visit.ts';
import { ASK_TWICE, asForeign, withBadCredential } from './refusals.ts';

/** What the client helper adds beside the credential: see docs/client.md. */
const OURS = 'content-type,x-ably-auth-resources,x-ably-auth-grant,x-ably-auth-guest';

/** The function that a page names for JSONP. */
const CALLBACK = 'doctorReadsThis';

function originOf({ origin }: Target): string {
  if (origin === undefined) throw new NotChecked('no --origin, a page that may call');
  return origin;
}

function preflightFor(origin: string, names: string, method: string): Ask {
  const headers: readonly NameValue[] = [
    ['Origin', origin],
    ['Access-Control-Request-Method', method],
    ['Access-Control-Request-Headers', names],
  ];
  return { method: 'OPTIONS', headers };
}

const preflight: Check = {
  id: 'preflight',
  title: 'A preflight of an allowed page succeeds, without a credential of its own',
  why: 'A browser asks first whenever an Authorization header goes along, and never sends that header with the question. A page sees no more than a network error.',
  source: 'Fetch standard, CORS-preflight fetch; ably-js sends cookies only with a header named authorization',
  fix: 'Answer OPTIONS before anything asks who is calling: 204, Access-Control-Allow-Origin with that very origin, -Credentials: true, -Headers with authorization.',
  async run({ ask, target }) {
    const origin = originOf(target);
    const found: Outcome[] = [];
    for (const [names, weigh] of [
      ['authorization', fails],
      [OURS, warns],
    ] as const) {
      const answer = await ask(preflightFor(origin, names, 'POST'));
      const which = `for ${names.split(',').at(-1)}`;
      if (answer.status < 200 || answer.status > 299) found.push(weigh(`${which}: ${answer.status}`));
      else
        found.push(
          ...readable(answer, origin, which).map((found) => (found.verdict === 'fails' ? weigh(found.seen) : found)),
        );
      // "*" is a header of that name where credentials go along, and never stands for authorization.
      const missing = names.split(',').filter((name) => !listed(answer, 'access-control-allow-headers').includes(name));
      if (missing.length > 0) found.push(weigh(`Access-Control-Allow-Headers lacks ${missing.join(', ')}`));
    }
    return gravest(found, 'with authorization and without: allowed');
  },
};

const cors: Check = {
  id: 'cors',
  title: 'An allowed page can read every answer, refusals too',
  why: 'Without the headers a browser hides even the status: ably-js takes a refusal for good (403) for a failure, and asks again for ever.',
  source: 'ably-js run in a browser; Fetch standard, CORS check',
  fix: 'Set the same CORS headers on every answer, errors too, in one place only: the function or the gateway.',
  async run(visit) {
    const origin = originOf(visit.target);
    const headers: readonly NameValue[] = [['Origin', origin]];
    const bad = withBadCredential(visit).headers ?? [];
    const asks: readonly Ask[] = [
      { headers },
      { ...asForeign(visit), headers },
      { ...ASK_TWICE, headers },
      { headers: [...bad, ...headers] },
    ];
    const found: Outcome[] = [];
    for (const ask of asks) {
      const answer = await visit.ask(ask);
      found.push(...readable(answer, origin, `${named(answer)}, ${answer.status}`));
    }
    return gravest(found, `${quote(origin)}, with credentials; error codes are exposed`);
  },
};

function readable(answer: Exchange, origin: string, which: string): readonly Outcome[] {
  const lines = answer.headers.get('access-control-allow-origin') ?? [];
  if (lines.length > 1) return [fails(`${which}: Access-Control-Allow-Origin twice`)];
  if (lines[0] === undefined) return [fails(`${which}: no Access-Control-Allow-Origin`)];
  if (lines[0] === '*')
    return [warns(`${which}: "*", which does not let cookies or authorization through as credentials`)];
  if (lines[0] !== origin) return [fails(`${which}: Access-Control-Allow-Origin ${quote(lines[0])}`)];
  if (header(answer, 'access-control-allow-credentials') !== 'true')
    return [fails(`${which}: no Access-Control-Allow-Credentials`)];
  const exposed = listed(answer, 'access-control-expose-headers');
  const isError = answer.status >= 400 && answer.question.method !== 'OPTIONS';
  return isError && !exposed.includes('x-ably-errorcode') ? [warns(`${which}: X-Ably-ErrorCode is not exposed`)] : [];
}

const foreignOrigin: Check = {
  id: 'foreign-origin',
  title: 'A page of another origin can read nothing',
  why: 'Where any origin is echoed, every page that a signed-in user opens fetches a token in their name; where scheme or port do not count, whoever is on the way of plain HTTP, or serves something else on that host.',
  source: 'Fetch standard, CORS check; SECURITY.md, rules S13 and S14',
  fix: 'Compare the Origin header with a list, whole and exactly, scheme and port too; answer others without Access-Control-Allow-Origin.',
  async run({ ask, target }) {
    const { foreignOrigin: stranger, origin, credential } = target;
    const strangers = [[stranger, 'cross-site'], ['null', 'cross-site'], ...lookalikes(origin, stranger)] as const;
    const hasCookie = credential.some(([name]) => name.toLowerCase() === 'cookie');
    const found: Outcome[] = [];
    for (const [foreign, site] of strangers) {
      const answer = await ask({
        headers: [
          ['Origin', foreign],
          ['Sec-Fetch-Site', site],
        ],
      });
      const allowed = header(answer, 'access-control-allow-origin');
      if (allowed === foreign) found.push(fails(`${quote(foreign)} is allowed`));
      else if (allowed === '*' && header(answer, 'access-control-allow-credentials') === 'true')
        found.push(fails('"*" together with credentials'));
      else if (allowed === '*')
        found.push(informs('"*": any page may ask, with what it has itself; no cookie goes along'));
      else if (hasCookie && answer.status === 200)
        found.push(
          warns('the cookie gets a credential whatever the page; only the browser keeps the page from reading it'),
        );
    }
    const script = await ask({ params: [['callback', CALLBACK]] });
    if (script.status === 200 && script.body.includes(`${CALLBACK}(`))
      found.push(
        fails(
          '?callback gets a script, which any page may run, with the cookies of whoever opens it',
          'Answer JSON, whatever callback says (Express: res.json, not res.jsonp).',
        ),
      );
    return gravest(found, 'no Access-Control-Allow-Origin for a stranger, "null" or a look-alike');
  },
};

/**
 * What a list lets in that is compared by its beginning or its end, by a pattern whose dot means any character, or without
 * the scheme or the port; and what a browser says of where they are.
 */
function lookalikes(
  origin: string | undefined,
  stranger: string,
): readonly (readonly [origin: string, site: string])[] {
  if (origin === undefined) return [];
  const { protocol, host, hostname, port } = new URL(origin);
  return [
    [`${origin}.${new URL(stranger).host}`, 'cross-site'],
    [origin.replace('://', '://evil-'), 'cross-site'],
    [`${protocol === 'https:' ? 'http:' : 'https:'}//${host}`, 'cross-site'],
    [`${protocol}//${hostname}:${port === '8443' ? '9443' : '8443'}`, 'same-site'],
  ];
}

const vary: Check = {
  id: 'vary',
  title: 'Vary: Origin stands wherever an answer depends on it',
  why: 'A cache on the way hands the answer for one page to another, which then may not read it, or may.',
  source: 'Fetch standard, CORS protocol and HTTP caches',
  fix: 'Vary: Origin on every answer, also on those without Access-Control-Allow-Origin.',
  async run({ ask, target }) {
    const origin = target.origin ?? target.foreignOrigin;
    const answers = [await ask(), await ask({ headers: [['Origin', origin]] })];
    const lacking = answers.filter(
      (answer) => !listed(answer, 'vary').some((name) => name === 'origin' || name === '*'),
    );
    if (lacking.length === 0) return passes('Vary: Origin');
    const dependsOn = answers.some(
      (answer) => !['*', undefined].includes(header(answer, 'access-control-allow-origin')),
    );
    return dependsOn
      ? warns('no Vary: Origin, and an origin is allowed by name')
      : informs('no Vary: Origin; no answer was seen to depend on it');
  },
};

export const BROWSERS: readonly Check[] = [preflight, cors, foreignOrigin, vary];
