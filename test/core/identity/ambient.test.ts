import { describe, expect, it } from 'vitest';
import { mayCountAmbient, mayWriteAmbient } from '../../../core/identity/ambient.ts';
import { authRequest } from '../auth-request.ts';

const APP = 'https://app.example';
const EVIL = 'https://evil.example';
const ALLOWED: ReadonlySet<string> = new Set([APP]);

interface Sent {
  readonly method?: string;
  readonly origin?: string | readonly string[];
  readonly site?: string | readonly string[];
  readonly more?: Readonly<Record<string, string>>;
}

function counts({ method = 'POST', origin, site, more }: Sent): boolean {
  const headers = {
    ...(origin !== undefined && { origin }),
    ...(site !== undefined && { 'sec-fetch-site': site }),
    ...more,
  };
  return mayCountAmbient(authRequest({ method, headers }), ALLOWED);
}

describe('mayCountAmbient', () => {
  it.each<[string, Sent]>([
    ['from a listed origin', { origin: APP }],
    ['from a listed origin on another site', { origin: APP, site: 'cross-site' }],
    ['from a listed origin on the same site', { origin: APP, site: 'same-site' }],
    ['from the same origin, which is not listed', { origin: 'https://self.example', site: 'same-origin' }],
    ['from the same origin by GET, which sends no Origin', { method: 'GET', site: 'same-origin' }],
    ['from the address bar', { method: 'GET', site: 'none' }],
    ['from no browser at all', {}],
    ['from no browser at all, by GET', { method: 'GET' }],
  ])('S14: lets it count %s', (_, sent) => {
    expect(counts(sent)).toBe(true);
  });

  it.each<[string, Sent]>([
    ['from another origin', { origin: EVIL }],
    ['from another origin that a browser calls cross-site', { origin: EVIL, site: 'cross-site' }],
    ['from another origin on the same site', { origin: 'https://x.app.example', site: 'same-site' }],
    ['from another site without Origin, an image or a link', { method: 'GET', site: 'cross-site' }],
    ['from a sister site without Origin', { method: 'GET', site: 'same-site' }],
    ['from a sandboxed frame', { origin: 'null' }],
    ['from a sandboxed frame of the same origin', { origin: 'null', site: 'same-origin' }],
    ['from a sandboxed frame without a site', { origin: 'null', site: 'none' }],
    ['from nowhere by POST', { site: 'none' }],
    ['from nowhere but with an origin', { method: 'GET', origin: EVIL, site: 'none' }],
    ['with an empty origin', { origin: '' }],
    ['with an unheard-of site', { site: 'Same-Origin' }],
    ['with two origins, one of them listed', { origin: [APP, EVIL] }],
    ['with a listed origin twice', { origin: [APP, APP] }],
    ['with two sites', { origin: APP, site: ['same-origin', 'cross-site'] }],
  ])('S14: does not let it count %s', (_, sent) => {
    expect(counts(sent)).toBe(false);
  });

  it('S14: does not care for headers that anybody may write', () => {
    const more = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      referer: `${APP}/`,
      forwarded: `host=${EVIL}`,
    };
    expect(counts({ origin: EVIL, more })).toBe(false);
    expect(counts({ origin: EVIL, site: 'cross-site', more: { 'x-forwarded-host': 'app.example' } })).toBe(false);
    expect(counts({ origin: APP, more })).toBe(true);
  });
});

describe('mayWriteAmbient', () => {
  const writes = (headers: Record<string, string>, method = 'POST') =>
    mayWriteAmbient(authRequest({ method, headers }), ALLOWED);

  it.each([{ origin: APP }, { 'sec-fetch-site': 'same-origin' }, { origin: EVIL, 'sec-fetch-site': 'same-origin' }])(
    'S14: lets a cookie be set for %j',
    (headers) => {
      expect(writes(headers)).toBe(true);
    },
  );

  it.each([{}, { origin: EVIL }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'none' }])(
    'S14: lets none be set for %j',
    (headers) => {
      expect(writes(headers)).toBe(false);
    },
  );
});
