import { describe, expect, it } from 'vitest';
import { AuthFailure } from '../../../core/errors.ts';
import type { AuthRequest } from '../../../core/http.ts';
import { identify } from '../../../core/identity/identify.ts';
import type { Identity, IdentitySource, Verdict } from '../../../core/identity/identity.ts';
import { authRequest, NOW_MS } from '../auth-request.ts';

const APP = 'https://app.example';
const CONTEXT = Object.freeze({ nowMs: NOW_MS, secureCookies: true, allowedOrigins: new Set([APP]) });

/** A source that finds its credential where the request has a header of its name, and says what the header says. */
function headerSource(name: string, calls: string[], options: Partial<IdentitySource> = {}): IdentitySource {
  return Object.freeze({
    ...{ name, ambient: false, kinds: ['user'] as const, problems: [] },
    carriesCredential(request: AuthRequest) {
      calls.push(`${name}?`);
      return request.headers.has(name);
    },
    verify(request: AuthRequest): Verdict {
      calls.push(`${name}!`);
      const [value = ''] = request.headers.get(name) ?? [];
      if (value !== 'bad') return { kind: 'identified', identity: identityOf(name, value) };
      return { kind: 'rejected', reason: 'bad-credential', detail: 'it is bad', clearCookies: [`cookie-of-${name}`] };
    },
    ...options,
  });
}

const identityOf = (source: string, subject: string): Identity => ({
  source,
  subject,
  kind: 'user',
  claims: { sub: subject },
});

function setUp(options: Partial<IdentitySource> = {}) {
  const calls: string[] = [];
  const sources = [headerSource('first', calls, options), headerSource('second', calls)];
  const askAll = (headers: Record<string, string | string[]>) => identify(sources, authRequest({ headers }), CONTEXT);
  const ask = async (headers: Record<string, string | string[]>) => (await askAll(headers)).identity;
  return { calls, ask, askAll };
}

describe('identify', () => {
  it('S2: lets the first source that finds its credential decide, and asks no further', async () => {
    const { ask, calls } = setUp();
    await expect(ask({ first: 'bob', second: 'eve' })).resolves.toEqual(identityOf('first', 'bob'));
    expect(calls).toEqual(['first?', 'first!']);
  });

  it('goes on to the next source where a credential is absent', async () => {
    const { ask, calls } = setUp();
    await expect(ask({ second: 'eve' })).resolves.toEqual(identityOf('second', 'eve'));
    expect(calls).toEqual(['first?', 'second?', 'second!']);
  });

  it('S2: a credential that is present and bad never falls through', async () => {
    const { ask, calls } = setUp();
    const failure = await failureOf(ask({ first: 'bad', second: 'eve' }));
    expect(failure).toMatchObject({
      ...{ reason: 'bad-credential', detail: 'first: it is bad', clearCookies: ['cookie-of-first'] },
    });
    expect(calls).not.toContain('second?');
  });

  it('waits for a source that has to ask somebody', async () => {
    const verify = async () => ({ kind: 'identified', identity: identityOf('first', 'later') }) as const;
    await expect(setUp({ verify }).ask({ first: 'x' })).resolves.toEqual(identityOf('first', 'later'));
  });

  it('S1: gives nobody an identity where no source finds a credential', async () => {
    expect(await failureOf(setUp().ask({}))).toMatchObject({ reason: 'no-credential' });
    expect(await failureOf(identify([], authRequest(), CONTEXT))).toMatchObject({ reason: 'no-credential' });
  });

  it('S15: refuses two Authorization headers before any source is asked', async () => {
    const { ask, calls } = setUp();
    const failure = await failureOf(ask({ authorization: ['Bearer a', 'Bearer a'], first: 'bob' }));
    expect(failure).toMatchObject({ reason: 'bad-credential', detail: 'two Authorization headers' });
    expect(calls).toEqual([]);
  });

  it('goes on after a good credential that stands for nobody', async () => {
    const { ask, calls } = setUp({ verify: () => ({ kind: 'nobody' }) });
    await expect(ask({ first: 'visitor', second: 'eve' })).resolves.toEqual(identityOf('second', 'eve'));
    expect(calls).toEqual(['first?', 'second?', 'second!']);
    expect(await failureOf(ask({ first: 'visitor' }))).toMatchObject({ reason: 'no-credential' });
  });

  it('S14: asks a source that is ambient for some requests about each', async () => {
    const ambient = (request: AuthRequest) => request.headers.get('first')?.[0] === 'cookie';
    const { ask } = setUp({ ambient });
    const origin = 'https://evil.example';
    expect(await failureOf(ask({ first: 'cookie', origin }))).toMatchObject({ reason: 'cross-site' });
    await expect(ask({ first: 'header', origin })).resolves.toMatchObject({ subject: 'header' });
  });

  describe('what a source wants remembered', () => {
    const headers = [['X-Ably-Auth-Guest', 'v1']] as const;
    const remember = { cookies: ['a=b'], headers };
    const verify = () => ({ kind: 'identified', identity: identityOf('first', 'bob'), remember }) as const;
    const remembered = async (sent: Record<string, string>) =>
      (await setUp({ verify }).askAll({ first: 'x', ...sent })).remember;

    it.each<Record<string, string>>([{ origin: APP }, { 'sec-fetch-site': 'same-origin' }])(
      'is all of it where %j says whose page asks',
      async (sent) => {
        expect(await remembered(sent)).toEqual(remember);
      },
    );

    it.each<Record<string, string>>([{}, { origin: 'https://evil.example' }, { origin: 'null' }])(
      'S14: is no cookie for %j, whatever the source says',
      async (sent) => {
        expect(await remembered(sent)).toEqual({ headers });
      },
    );
  });

  describe('of an ambient source', () => {
    it('S14: refuses its credential from a foreign page, without parsing it and without another try', async () => {
      const { ask, calls } = setUp({ ambient: true });
      const failure = await failureOf(ask({ first: 'bob', second: 'eve', origin: 'https://evil.example' }));
      expect(failure).toMatchObject({ reason: 'cross-site', clearCookies: [] });
      expect(failure.detail).toBe('a credential of source first came with a foreign or opaque origin');
      expect(calls).toEqual(['first?']);
    });

    it('takes its credential from a page that is listed', async () => {
      await expect(setUp({ ambient: true }).ask({ first: 'bob', origin: APP })).resolves.toMatchObject({
        subject: 'bob',
      });
    });

    it('leaves a foreign page alone that sends none of its credentials', async () => {
      const { ask } = setUp({ ambient: true });
      await expect(ask({ second: 'eve', origin: 'https://evil.example' })).resolves.toMatchObject({ subject: 'eve' });
    });
  });

  it('takes a credential that a page must attach itself from any origin', async () => {
    await expect(setUp().ask({ first: 'bob', origin: 'null' })).resolves.toMatchObject({ subject: 'bob' });
  });
});

async function failureOf(asked: Promise<unknown>): Promise<AuthFailure> {
  const outcome = await asked.catch((error: unknown) => error);
  if (!(outcome instanceof AuthFailure)) throw new Error(`not refused: ${JSON.stringify(outcome)}`);
  return outcome;
}
