import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../adapters/stores/memory.ts';
import type { AuthConfig } from '../../../core/config.ts';
import { anonymous } from '../../../core/identity/anonymous.ts';
import type { IdentitySource } from '../../../core/identity/identity.ts';
import { session } from '../../../core/identity/session.ts';
import { lintPolicy } from '../../../core/policy/lint.ts';
import { describeFinding } from '../../../core/policy/lint-finding.ts';
import { broad, type Rule } from '../../../core/policy/rule.ts';
import { SESSION_SECRET } from '../auth-request.ts';

const SESSION = session({ secrets: [SESSION_SECRET] });
const SOURCES = [SESSION, anonymous()];
const GRANT = { a: ['publish'] } as const;
const declared = (name: string, claims: readonly string[]): IdentitySource => ({ ...SESSION, name, claims });

function findings(rules: readonly Omit<Rule, 'name'>[], config: Partial<AuthConfig> = {}): readonly string[] {
  const named = rules.map((rule, index) => ({ name: `rule ${index}`, ...rule }));
  return lintPolicy({ sources: SOURCES, rules: named, ...config }).map(
    ({ severity, setting, finding }) => `${severity} ${setting}: ${finding}`,
  );
}

describe('lintPolicy', () => {
  it('finds nothing in a policy that names its channels', () => {
    expect(
      findings([
        { when: { kind: 'anonymous' }, grant: { news: ['subscribe'] } },
        { grant: { 'team:{team}:*': ['preset:participate', 'preset:edit-own'], 'room:7::$chat': ['publish'] } },
        { when: { claims: { role: 'admin' } }, grant: { '[meta]log': ['subscribe'] }, ttl: '10m' },
      ]),
    ).toEqual([]);
  });

  it('gives a place, a finding and a fix for each, and one line', () => {
    const [finding] = lintPolicy({ sources: SOURCES, rules: [{ name: 'x', grant: { 'foo*': ['publish'] } }] });
    if (!finding) throw new Error('there is none');
    expect(finding).toMatchObject({ severity: 'warning', setting: 'rules[0].grant["foo*"]' });
    expect(describeFinding(finding)).toMatch(/^warning: rules\[0\]\.grant\["foo\*"\]: .*\. Write \* as/);
  });

  it('puts what must not be deployed first, as errors: operations that Ably does not know, unmarked wildcards', () => {
    expect(findings([{ grant: { a: ['fly' as 'publish'], '*': ['publish'] }, ttl: '1s' }])).toEqual([
      'error rules[0].grant["a"][0]: "fly" is not known',
      'error rules[0].ttl: it is less than a minute or more than 24 hours',
    ]);
    expect(findings([{ grant: { '*': ['publish'] } }])[0]).toMatch(
      /^error rules\[0\]\.grant\["\*"\]: this grant is broad/,
    );
  });

  it('finds where revoking and the rest disagree', () => {
    const store = memoryStore();
    expect(findings([{ grant: GRANT, mayRevoke: 'self' }])).toEqual([
      expect.stringMatching(/^warning rules\[0\]\.mayRevoke: the config is not revocable/),
    ]);
    expect(
      findings(
        [
          { grant: GRANT, ttl: '2h' },
          { grant: GRANT, ttl: '1h' },
        ],
        { revocable: true, store, ttl: '1d' },
      ),
    ).toEqual([
      expect.stringMatching(/^warning ttl: it is cut to 1h/),
      expect.stringMatching(/^warning rules\[0\]\.ttl: it is cut to 1h/),
      expect.stringMatching(/^warning rules\[1\]\.ttl: it never counts/),
    ]);
    expect(findings([{ grant: GRANT }], { revocable: true })).toEqual([
      expect.stringMatching(/^note revocable: it takes a store/),
    ]);
    expect(findings([{ grant: GRANT, mayRevoke: 'self' }], { revocable: true, store })).toEqual([]);
  });

  it('finds tokens that revoking a person misses', () => {
    const config = { revocable: true, store: memoryStore() };
    for (const part of ['wildcardClientId', 'clientId'] as const) {
      const rule = { grant: GRANT, [part]: part === 'wildcardClientId' };
      expect(findings([rule], config)).toEqual([
        expect.stringMatching(`^warning rules\\[0\\]\\.${part}: revoking a person misses`),
      ]);
      expect(findings([{ ...rule, jwt: { revocationKey: 'user-{sub}' } }], config)).toEqual([]);
      expect(findings([rule], { ...config, jwt: { revocationKey: 'user-{sub}' } })).toEqual([]);
    }
    expect(findings([{ when: { kind: 'anonymous' }, grant: GRANT, clientId: false }], config)).toEqual([]);
  });

  it.each<[string, Omit<Rule, 'name'>, RegExp]>([
    ['a kind that no source yields', { when: { kind: 'guest' }, grant: GRANT }, /no source of it yields guest/],
    ['a source that there is not', { when: { source: 'oidc' }, grant: GRANT }, /no source is named oidc/],
    [
      'a kind of another source',
      { when: { kind: 'user', source: 'anonymous' }, grant: GRANT },
      /no source of it yields user/,
    ],
  ])('finds a rule that nobody can match, for %s', (_, rule, reason) => {
    const [only, ...others] = findings([rule]);
    expect(only).toMatch(/^warning rules\[0\]\.when: nobody can match it: /);
    expect(only).toMatch(reason);
    expect(others).toEqual([]);
  });

  it.each(['foo*', 'a:**', 'a:b*', '*a:x', 'room:{sub}*'])('finds a star that is no wildcard: %s', (pattern) => {
    expect(findings([{ grant: { [pattern]: ['publish'] } }])[0]).toMatch(/is a literal name to Ably/);
  });

  it.each([
    ['*', /reaches every namespace, tomorrow’s too, though no queue, metachannel or filtered channel/],
    ['*:a', /every namespace/],
    ['[*]*', /every namespace, tomorrow’s too, because/],
    ['[meta]*', /every namespace, tomorrow’s too, because/],
  ])('notes how far %s reaches, with the reason that was given', (pattern, text) => {
    const found = findings([{ grant: { [pattern]: broad(['subscribe'], 'it is meant') } }]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^note /);
    expect(found[0]).toMatch(text);
    expect(found[0]).toContain('because it is meant');
  });

  it('finds stats on a channel, where it has no effect', () => {
    expect(
      findings([{ grant: { 'a:*': ['stats'], '*:a': broad(['stats'], 'x') } }]).filter((text) => /stats/.test(text)),
    ).toHaveLength(2);
    expect(findings([{ grant: { '*': broad(['stats'], 'x') } }]).filter((text) => /stats/.test(text))).toEqual([]);
    expect(findings([{ grant: { '[*]*': broad(['stats'], 'x') } }]).filter((text) => /stats/.test(text))).toEqual([]);
  });

  it('finds what does nothing on a metachannel', () => {
    expect(findings([{ grant: { '[meta]log': ['subscribe', 'publish'] } }])).toEqual([
      'warning rules[0].grant["[meta]log"]: metachannels can only be read: publish has no effect',
    ]);
  });

  it.each(['presence', 'message-update-own', 'message-delete-own', 'preset:participate'] as const)(
    'finds %s for callers without a clientId',
    (operation) => {
      const grant = { a: [operation] } as const;
      expect(findings([{ when: { kind: 'anonymous' }, grant }])[0]).toMatch(
        /needs a clientId, and anonymous callers have none/,
      );
      expect(findings([{ grant, clientId: false }])[0]).toMatch(/needs a clientId, and this rule says clientId: false/);
      expect(findings([{ grant }, { grant, wildcardClientId: true }])).toEqual([]);
    },
  );

  it('finds claims that a source does not provide, in conditions, templates and the clientId', () => {
    const sources = [declared('session', ['role', 'org'])];
    const read = (rule: Omit<Rule, 'name'>) => findings([rule], { sources });
    expect(
      read({ when: { claims: { role: 'x', 'org.id': 1 } }, grant: { '{sub}:{org.name|segment}': ['publish'] } }),
    ).toEqual([]);
    expect(read({ when: { claims: { rôle: 'x' } }, grant: GRANT })[0]).toMatch(
      /reads the claim rôle, and nobody has it \(session\)/,
    );
    expect(read({ grant: { 'a:{team}': ['publish'] } })[0]).toMatch(/reads the claim team/);
    expect(read({ grant: GRANT, clientId: '{email}' })[0]).toMatch(/reads the claim email/);
    expect(read({ when: { claims: { banned: { present: false } } }, grant: GRANT })).toEqual([]);
  });

  it('finds claims that nobody has in what is wanted in a JWT, or that only a grant can read', () => {
    const sources = [declared('session', ['role', 'sub'])];
    const read = (jwt: Rule['jwt']) => findings([{ grant: GRANT, ...(jwt && { jwt }) }], { sources });
    expect(read({ revocationKey: 'r-{role}', channelClaims: { 'a:{sub}': { role: '{role}' } } })).toEqual([]);
    for (const jwt of [
      { revocationKey: 'team-{team}' },
      { channelClaims: { '*': '{team}' } },
      { channelClaims: { 'a:{team}': 'x' } },
      { roomClaims: { '*': { team: '{team}' } } },
      { claims: { team: '{team}' } },
    ]) {
      expect(read(jwt)).toEqual([expect.stringMatching(/^warning rules\[0\]: it reads the claim team, and nobody/)]);
    }
    expect(read({ claims: { team: '{lookup.team}' } })[0]).toMatch(
      /rules\[0\]\.jwt: it reads \{lookup.team\}, and only/,
    );
  });

  it('says which of several sources lacks a claim, and leaves those alone that do not say what they have', () => {
    const sources = [declared('one', ['team']), { ...declared('two', ['role']), clientIdPrefix: 'two:' }];
    const [only, ...others] = findings([{ grant: { 'a:{team}': ['publish'] } }], { sources });
    expect(only).toMatch(/callers of some sources lack it \(two\)/);
    expect(others).toEqual([]);
    expect(findings([{ when: { source: 'one' }, grant: { 'a:{team}': ['publish'] } }], { sources })).toEqual([]);
    expect(findings([{ grant: { 'a:{team}': ['publish'] } }])).toEqual([]);
  });

  it('finds any template for callers who have no claims at all', () => {
    expect(findings([{ when: { kind: 'anonymous' }, grant: { 'a:{sub}': ['publish'] } }])[0]).toMatch(
      /reads the claim sub, and nobody has it/,
    );
  });

  it('knows what is looked up, and finds a template that needs a look-up and has none', () => {
    const sources = [declared('session', [])];
    const grant = { 'a:{lookup.room}': ['publish'] } as const;
    expect(findings([{ lookup: () => null, grant }], { sources })).toEqual([]);
    expect(findings([{ grant }], { sources })[0]).toMatch(/it reads \{lookup\.room\} and has no lookup/);
  });

  it('finds a ttl under ten minutes, in a rule and in the config', () => {
    expect(
      findings(
        [
          { grant: GRANT, ttl: '9m' },
          { grant: GRANT, when: { claims: { a: 1 } } },
        ],
        { ttl: '599s' },
      ).map((text) => text.split(':')[0]),
    ).toEqual(['warning ttl', 'warning rules[0].ttl']);
  });

  it('finds what an earlier rule has always decided already', () => {
    const admin = { claims: { role: 'admin' } } as const;
    const found = findings([
      { when: { claims: { paid: true } }, grant: GRANT, ttl: '1h' },
      { grant: GRANT, format: 'jwt', ttl: '2h' },
      { when: admin, grant: GRANT, ttl: '15m', clientId: '{sub}' },
      { when: { ...admin, source: 'session' }, grant: GRANT, clientId: 'x:{sub}' },
      { when: { kind: ['user', 'anonymous'] }, grant: GRANT, format: 'jwt' },
    ]);
    expect(found.map((text) => text.replace(/: it never counts.*/, ''))).toEqual([
      'warning rules[2].ttl',
      'warning rules[3].clientId',
    ]);
  });

  it('takes a rule behind a function for one that may not match', () => {
    expect(
      findings([
        { when: () => true, grant: GRANT, ttl: '1h' },
        { grant: GRANT, ttl: '2h' },
      ]),
    ).toEqual([]);
  });

  it('finds grants beyond keyCapability, whole and in part', () => {
    const keyCapability = { 'room:*': ['publish'], 'user:lobby': ['*'] } as const;
    const found = findings(
      [
        {
          grant: {
            'room:7': ['publish'],
            'room:{sub}': ['publish', 'history'],
            other: ['publish'],
            'user:{sub}': ['publish'],
            '[meta]log': ['subscribe'],
          },
        },
      ],
      { keyCapability },
    );
    expect(found.map((text) => text.replace(/^warning rules\[0\]\.grant/, ''))).toEqual([
      '["other"]: nothing of it is within keyCapability, so all of it is cut',
      '["[meta]log"]: nothing of it is within keyCapability, so all of it is cut',
      '["room:{sub}"]: only a part of it is within keyCapability; the rest is cut',
      '["user:{sub}"]: nothing of it is within keyCapability, so all of it is cut',
    ]);
    expect(findings([{ grant: { '[meta]log': ['subscribe'] } }], { keyCapability: { '*': ['*'] } })).toHaveLength(1);
  });

  it('finds a capability that a JWT has no room for, where a JWT may be issued', () => {
    const grant = Object.fromEntries(
      Array.from({ length: 150 }, (_, index) => [`channel-number-${index}`, ['publish', 'subscribe'] as const]),
    );
    expect(findings([{ grant, format: 'jwt' }])[0]).toMatch(
      /^warning rules: a caller whom every rule covers needs \d+ bytes/,
    );
    expect(findings([{ grant }], { tokenFormat: 'jwt' })).toHaveLength(1);
    expect(findings([{ grant, format: 'token-request' }], { tokenFormat: 'jwt' })).toEqual([]);
    expect(findings([{ grant }])).toEqual([]);
  });

  it('looks at the shadow alike, under its own name', () => {
    const shadow = { rules: [{ name: 'x', grant: { 'foo*': ['publish'] }, ttl: '5m' } as const] };
    expect(findings([{ grant: GRANT }], { shadow }).map((text) => text.split(': ')[0])).toEqual([
      ...['warning shadow.rules[0].grant["foo*"]', 'warning shadow.rules[0].ttl'],
    ]);
  });

  it('does not throw for what is no config at all', () => {
    for (const config of [{}, null, { sources: SOURCES }, { rules: [] }]) {
      expect(lintPolicy(config as never)).toMatchObject([{ severity: 'error', setting: 'auth.config.ts' }]);
    }
  });

  it('calls no function and changes nothing', () => {
    const thrown = () => {
      throw new Error('called');
    };
    const config = {
      sources: SOURCES,
      rules: Object.freeze([Object.freeze({ name: 'x', when: thrown, lookup: thrown, grant: GRANT })]),
    };
    expect(lintPolicy(Object.freeze(config))).toEqual([]);
  });
});
