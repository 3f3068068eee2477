import { describe, expect, it } from 'vitest';
import { anonymous, session } from '../../index.ts';
import { authRequest, jsonOf, SESSION_SECRET, sessionCookie, testEndpoint } from '../core/auth-request.ts';
import { ALLOWED_ORIGIN, BAD_COOKIE } from './every-outcome.ts';
import { cookieIsEnough, originIsHost, parsesBeforeItRefuses } from './naive/cookie-is-enough.ts';
import { expectRefusal, RULES, watched } from './support.ts';

interface Row {
  readonly what: string;
  readonly origin?: string | readonly string[];
  readonly site?: string | readonly string[];
  /** Methods with which the cookie counts; with the others it is refused. */
  readonly counts: readonly ('GET' | 'POST')[];
}

const BOTH = ['GET', 'POST'] as const;

const ROWS: readonly Row[] = [
  { what: 'no browser: neither header', counts: BOTH },
  { what: 'an allowed origin, cross-site', origin: ALLOWED_ORIGIN, site: 'cross-site', counts: BOTH },
  { what: 'an allowed origin, in an old browser', origin: ALLOWED_ORIGIN, counts: BOTH },
  { what: 'our own page', site: 'same-origin', counts: BOTH },
  { what: 'our own page, with its Origin', origin: 'https://api.example', site: 'same-origin', counts: BOTH },
  { what: 'the address bar', site: 'none', counts: ['GET'] },
  { what: 'another site', site: 'cross-site', counts: [] },
  { what: 'another site, with its Origin', origin: 'https://evil.example', site: 'cross-site', counts: [] },
  { what: 'another site, in an old browser', origin: 'https://evil.example', counts: [] },
  { what: 'a sister host', site: 'same-site', counts: [] },
  { what: 'a sister host, with its Origin', origin: 'https://blog.app.example', site: 'same-site', counts: [] },
  { what: 'a sandboxed frame', origin: 'null', site: 'cross-site', counts: [] },
  { what: 'a sandboxed frame in an old browser', origin: 'null', counts: [] },
  { what: 'an opaque origin that claims to be ours', origin: 'null', site: 'same-origin', counts: [] },
  { what: 'an opaque origin from the address bar', origin: 'null', site: 'none', counts: [] },
  { what: 'a foreign origin from the address bar', origin: 'https://evil.example', site: 'none', counts: [] },
  { what: 'an origin that ends like ours', origin: 'https://evilapp.example', counts: [] },
  { what: 'an origin that begins like ours', origin: 'https://app.example.evil.example', counts: [] },
  { what: 'another port', origin: 'https://app.example:8443', counts: [] },
  { what: 'another scheme', origin: 'http://app.example', counts: [] },
  { what: 'upper case', origin: 'HTTPS://APP.EXAMPLE', counts: [] },
  { what: 'a slash at the end', origin: 'https://app.example/', counts: [] },
  { what: 'an empty Origin', origin: '', counts: [] },
  { what: 'two origins, both allowed', origin: [ALLOWED_ORIGIN, ALLOWED_ORIGIN], counts: [] },
  { what: 'two origins, one foreign', origin: [ALLOWED_ORIGIN, 'https://evil.example'], counts: [] },
  { what: 'two origins in one', origin: `${ALLOWED_ORIGIN}, ${ALLOWED_ORIGIN}`, counts: [] },
  { what: 'two values of Sec-Fetch-Site', site: ['same-origin', 'same-origin'], counts: [] },
  { what: 'two values of Sec-Fetch-Site in one', site: 'same-origin, cross-site', counts: [] },
  { what: 'a Sec-Fetch-Site that does not exist', site: 'Same-Origin', counts: [] },
  { what: 'an empty Sec-Fetch-Site', site: '', counts: [] },
];

const from = ({ origin, site }: Row, method: string, cookie = sessionCookie()) =>
  authRequest({
    method,
    cookies: [cookie],
    headers: { ...(origin !== undefined && { origin }), ...(site !== undefined && { 'sec-fetch-site': site }) },
  });

const setUp = () => {
  const source = watched(session({ secrets: [SESSION_SECRET] }));
  const last = watched(anonymous());
  const endpoint = testEndpoint({ sources: [source, last], rules: RULES, allowedOrigins: [ALLOWED_ORIGIN] });
  return { source, last, endpoint };
};

describe('S14 a cookie that another site may have sent', () => {
  it('is enough for a naive endpoint, wherever the request was made', () => {
    for (const row of ROWS) expect(cookieIsEnough(from(row, 'POST'))).toBe(true);
  });

  it('reaches the parser of one that looks at it before it refuses', () => {
    const parsed: string[] = [];
    const refused = ROWS.filter(({ counts }) => counts.length === 0);
    for (const row of refused) parsesBeforeItRefuses(from(row, 'POST', BAD_COOKIE), (value) => parsed.push(value));
    expect(parsed).toHaveLength(refused.length);
  });

  for (const row of ROWS) {
    for (const method of BOTH) {
      const counts = row.counts.includes(method);
      it(`${method}, ${row.what}: ${counts ? 'counts' : 'is 403, and not even parsed'}`, async () => {
        const { source, last, endpoint } = setUp();
        const response = await endpoint.handle(from(row, method));
        if (counts) {
          expect(jsonOf(response).clientId).toBe('bob');
          expect(source.verified()).toBe(1);
        } else {
          expectRefusal(response, 403, 40300);
          expect(source.verified()).toBe(0);
        }
        expect(last.verified()).toBe(0);
      });

      if (counts) continue;
      it(`${method}, ${row.what}: not parsed when it is bad either, and not cleared by a foreign site`, async () => {
        const { source, endpoint } = setUp();
        const response = await endpoint.handle(from(row, method, BAD_COOKIE));
        expectRefusal(response, 403, 40300);
        expect(source.verified()).toBe(0);
        expect(response.cookies).toEqual([]);
      });
    }
  }

  it('is told by Origin, never by Host, which after DNS rebinding is the attacker’s as well', async () => {
    for (const host of ['host', 'x-forwarded-host']) {
      const headers = {
        origin: 'https://evil.example',
        [host]: 'evil.example',
        forwarded: 'host=evil.example;proto=https',
      };
      const request = authRequest({ method: 'POST', cookies: [sessionCookie()], headers });
      expect(originIsHost(request)).toBe(true);
      expectRefusal(await setUp().endpoint.handle(request), 403, 40300);
    }
  });

  it('is no matter where there is no cookie: a foreign site is served as the stranger that it is', async () => {
    for (const row of ROWS) {
      const { source, endpoint } = setUp();
      const request = { ...from(row, 'GET'), cookies: [] };
      expect(jsonOf(await endpoint.handle(request)).capability).toBe('{"notifications":["subscribe"]}');
      expect(source.verified()).toBe(0);
    }
  });

  it('is the same through a gateway that writes the CORS headers: whose page it is matters all the same', async () => {
    const sources = [session({ secrets: [SESSION_SECRET] })];
    const endpoint = testEndpoint({ sources, rules: RULES, cors: 'platform', allowedOrigins: [ALLOWED_ORIGIN] });
    const foreign = authRequest({ cookies: [sessionCookie()], headers: { origin: 'https://evil.example' } });
    expectRefusal(await endpoint.handle(foreign), 403, 40300);
    const listed = authRequest({ cookies: [sessionCookie()], headers: { origin: ALLOWED_ORIGIN } });
    expect((await endpoint.handle(listed)).status).toBe(200);
  });

  it('nothing is written where neither header says whose page it was', async () => {
    const { endpoint } = setUp();
    expect((await endpoint.handle(from({ what: '', counts: [] }, 'POST'))).cookies).toEqual([]);
  });
});
