import { describe, expect, it } from 'vitest';
import { type Identity, type IdentitySource, type Rule, session } from '../../index.ts';
import { authRequest, jsonOf, SESSION_SECRET, sessionCookie, testEndpoint } from '../core/auth-request.ts';
import { nameThenSubject, subjectIsClientId } from './naive/subject-is-client-id.ts';
import { expectRefusal, headerSource, RULES } from './support.ts';

const problemsOf = (...sources: readonly IdentitySource[]) => testEndpoint({ sources, rules: RULES }).problems;

const prefixed = (name: string, clientIdPrefix?: string, more: Partial<IdentitySource> = {}) =>
  headerSource(name, `x-${name}`, { ...(clientIdPrefix !== undefined && { clientIdPrefix }), ...more });

const user = (source: string, subject: string): Identity => ({
  source,
  subject,
  kind: 'user',
  claims: { sub: subject },
});

const asked = (name: string, subject: string) => authRequest({ headers: { [`x-${name}`]: subject } });

describe('S19 a clientId belongs to one source', () => {
  it('subject 7 of the partner is subject 7 of ours, where the subject is the clientId', () => {
    expect(subjectIsClientId(user('partner', '7'))).toBe(subjectIsClientId(user('session', '7')));
    expect(nameThenSubject(user('ab', '7'))).toBe(nameThenSubject(user('a', 'b7')));
  });

  it.each([
    ['no prefix on either side', undefined, undefined],
    ['the same prefix', 'sso:', 'sso:'],
    ['a prefix on one side only: the other may be named like it', 'partner:', undefined],
    ['an empty prefix', 'partner:', ''],
    ['a prefix of the prefix', 'a', 'ab'],
    ['a prefix of the prefix, the other way', 'partner:eu:', 'partner:'],
  ])('is a config error: %s', async (_, one, other) => {
    const sources = [prefixed('one', one), prefixed('other', other)];
    const endpoint = testEndpoint({ sources, rules: RULES });
    expect(endpoint.problems.map(({ problem }) => problem).join()).toMatch(/cannot be told apart/);
    expectRefusal(await endpoint.handle(asked('one', '7')), 503, 50000);
  });

  it('every pair of three is looked at', () => {
    expect(problemsOf(prefixed('a', 'a:'), prefixed('b', 'b:'), prefixed('c', 'c:'))).toEqual([]);
    expect(problemsOf(prefixed('a', 'a:'), prefixed('b', 'b:'), prefixed('c', 'a:'))).toHaveLength(1);
    expect(problemsOf(prefixed('a'), prefixed('b'), prefixed('c'))).toHaveLength(3);
  });

  it('sources that say they know the same people may share their names, those two and no third', () => {
    expect(problemsOf(prefixed('a'), prefixed('b', undefined, { sharesSubjectsWith: 'a' }))).toEqual([]);
    expect(problemsOf(prefixed('a', undefined, { sharesSubjectsWith: 'b' }), prefixed('b'))).toEqual([]);
    expect(
      problemsOf(prefixed('a'), prefixed('b', undefined, { sharesSubjectsWith: 'a' }), prefixed('c')),
    ).toHaveLength(2);
    expect(problemsOf(prefixed('a'), prefixed('b', undefined, { sharesSubjectsWith: 'nobody' }))).toHaveLength(2);
  });

  it('guests need a prefix of their own as well, the anonymous none', () => {
    const guests = prefixed('guests', undefined, { kinds: ['guest'] });
    expect(problemsOf(prefixed('a'), guests)).toHaveLength(1);
    const strangers = prefixed('strangers', undefined, { kinds: ['anonymous'] });
    expect(problemsOf(prefixed('a'), strangers)).toEqual([]);
  });

  it('two sources of one name are a config error', () => {
    expect(problemsOf(prefixed('a', 'a:'), prefixed('a', 'b:'))).toHaveLength(1);
  });

  it('with prefixes the same subject is two people, however they try', async () => {
    const sources = [session({ secrets: [SESSION_SECRET], clientIdPrefix: 'ours:' }), prefixed('partner', 'partner:')];
    const clientIdOf = async (rules: readonly Rule[], ...requests: Parameters<typeof asked>) => {
      const endpoint = testEndpoint({ sources, rules });
      const partner = jsonOf(await endpoint.handle(asked(...requests))).clientId;
      const cookies = [sessionCookie({ subject: requests[1] })];
      const ours = jsonOf(await endpoint.handle(authRequest({ cookies }))).clientId;
      return [partner, ours];
    };
    const templates: readonly Rule[] = [{ name: 'named', clientId: 'user:{sub}', grant: { room: ['publish'] } }];
    expect(await clientIdOf(RULES, 'partner', '7')).toEqual(['partner:7', 'ours:7']);
    expect(await clientIdOf(RULES, 'partner', 'ours:7')).toEqual(['partner:ours:7', 'ours:ours:7']);
    expect(await clientIdOf(templates, 'partner', '7')).toEqual(['partner:user:7', 'ours:user:7']);
  });

  it('two claims never run into each other: {org}:{sub} takes values that are one segment each', async () => {
    const rules: readonly Rule[] = [{ name: 'by org', clientId: '{org}:{sub}', grant: { room: ['publish'] } }];
    const ask = (org: unknown, subject: string) =>
      testEndpoint({ rules }).handle(authRequest({ cookies: [sessionCookie({ subject, claims: { org } })] }));
    expect(jsonOf(await ask('acme', '7')).clientId).toBe('acme:7');
    expectRefusal(await ask('acme:b', '7'), 403, 40300);
    expectRefusal(await ask('acme', 'b:7'), 403, 40300);
    expectRefusal(await ask(['acme', 'other'], '7'), 403, 40300);
  });
});

describe('S19 what a source of one’s own can get wrong', () => {
  const answering = (identity: unknown, more: Partial<IdentitySource> = {}) =>
    prefixed('partner', 'partner:', {
      verify: () => ({ kind: 'identified', identity: identity as Identity }),
      ...more,
    });
  const clientIdWith = async (source: IdentitySource) => {
    const response = await testEndpoint({
      sources: [source],
      rules: [{ name: 'all', grant: { room: ['publish'] } }],
    }).handle(asked('partner', '7'));
    return response.status === 200 ? jsonOf(response).clientId : response.status;
  };

  it('is taken as it is when it is right', async () => {
    expect(await clientIdWith(answering(user('partner', '7')))).toBe('partner:7');
  });

  // A prefix that is looked up by what the identity says of itself is lost with a slip of the pen.
  it('an identity under another source’s name does not lose its prefix', async () => {
    expect(await clientIdWith(answering(user('idp', '7')))).not.toBe('7');
  });

  // What a source says of its kinds decides whether S19 looks at it at all.
  it('a source that says anonymous does not yield users', async () => {
    const liar = answering(user('partner', '7'), { kinds: ['anonymous'], clientIdPrefix: '' });
    expect(await clientIdWith(liar)).not.toBe('7');
  });

  // The prefix alone is a fit clientId: everyone without a subject would be that one person.
  it('a subject that is empty is not its prefix', async () => {
    expect(await clientIdWith(answering(user('partner', '')))).toBe(403);
  });

  // Text can be made of anything, and `partner:undefined` is a name like any other.
  it.each([undefined, null, {}])('a subject of %j is nobody, and not a person of that name', async (subject) => {
    expect(String(await clientIdWith(answering({ ...user('partner', ''), subject })))).not.toContain(String(subject));
  });

  // In UTF-8 every half of a surrogate pair becomes U+FFFD.
  it('two ill-formed claims are not one person behind |segment', async () => {
    const rules: readonly Rule[] = [{ name: 'named', clientId: '{nick|segment}', grant: { room: ['publish'] } }];
    const clientIdOf = async (nick: string) => {
      const cookies = [sessionCookie({ claims: { nick } })];
      return jsonOf(await testEndpoint({ rules }).handle(authRequest({ cookies }))).clientId;
    };
    expect(await clientIdOf('\ufffd')).toBe('77-9');
    expect(await clientIdOf('\ud800')).not.toBe('77-9');
  });

  // In a channel the unfit elements of a list are dropped; here what is left would decide who one is.
  it('a list is no clientId, also when only one of its elements is fit', async () => {
    const rules: readonly Rule[] = [{ name: 'by org', clientId: '{org}:{sub}', grant: { room: ['publish'] } }];
    const cookies = [sessionCookie({ claims: { org: ['acme', 'b:d'] } })];
    expectRefusal(await testEndpoint({ rules }).handle(authRequest({ cookies })), 403, 40300);
  });

  // A rule may name strangers as well, and then they have the clientId of whoever has that subject.
  it('a stranger is not given a name that a user may have', () => {
    const rules: readonly Rule[] = [
      { name: 'visitors', when: { kind: 'anonymous' }, clientId: 'visitor', grant: { room: ['publish'] } },
      { name: 'users', grant: { room: ['publish'] } },
    ];
    expect(testEndpoint({ rules }).problems.length).toBeGreaterThan(0);
  });

  it('a stranger does not choose a name', () => {
    const rules: readonly Rule[] = [
      { name: 'visitors', when: { kind: ['user', 'anonymous'] }, wildcardClientId: true, grant: { room: ['publish'] } },
    ];
    const settings = testEndpoint({ rules }).problems.map(({ setting }) => setting);
    expect(settings).toEqual(['rules[0].wildcardClientId']);
  });
});
