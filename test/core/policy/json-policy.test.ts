import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../core/capability/operations.ts';
import type { ConfigProblem } from '../../../core/config-problem.ts';
import { compilePolicy } from '../../../core/policy/compile-policy.ts';
import { readJsonPolicy } from '../../../core/policy/json-policy.ts';
import { PRESETS } from '../../../core/policy/presets.ts';
import { broad, type Rule } from '../../../core/policy/rule.ts';
import { TOKEN_FORMATS } from '../../../core/token/settled-params.ts';

const SETTING = 'ABLY_AUTH_POLICY';

function read(text: string): { readonly rules: readonly Rule[] | undefined; readonly problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  return { rules: readJsonPolicy(text, SETTING, problems), problems };
}

const settingsOf = (value: unknown): readonly string[] =>
  read(JSON.stringify(value)).problems.map(({ setting }) => setting);

const rule = (more: object): unknown => ({ rules: [{ name: 'a', grant: { 'room:1': ['subscribe'] }, ...more }] });

/** Every form that a rule can take. */
const WRITTEN: readonly Rule[] = [
  { name: 'visitors', when: { kind: 'anonymous' }, grant: { notifications: ['subscribe'] } },
  {
    name: 'members',
    when: {
      kind: ['user', 'guest'],
      source: ['session'],
      claims: {
        role: 'member',
        level: 3,
        paid: true,
        'org.plan': { oneOf: ['pro', 'team'] },
        groups: { contains: 'staff' },
        banned: { present: false },
      },
    },
    grant: { 'user:{sub}': ['subscribe', 'history'], '*': broad(['presence'], 'every channel has a lobby') },
    clientId: '{sub}',
    ttl: '15m',
    format: 'jwt',
  },
  { name: 'servers', when: { source: 'session' }, grant: { 'jobs:*': ['publish'] }, wildcardClientId: true },
  { name: 'nameless', grant: {}, clientId: false },
  { name: 'operators', when: { claims: { role: 'operator' } }, grant: {}, mayRevoke: 'anyone' },
  {
    name: 'players',
    grant: { 'room:{team}:*': ['publish'] },
    format: 'jwt',
    jwt: {
      channelClaims: { 'room:{team}:*': '{role}', '*': { role: '{role}', level: 3, paid: true } },
      roomClaims: { lobby: 'fixed' },
      publishRates: { 'room:*': 0.1, '*': 50 },
      revocationKey: 'team-{team}',
      clientType: 'server',
      jti: true,
      claims: { plan: '{plan}', beta: true, seats: 4, 'https://app.example/roles': 'x' },
    },
  },
  { name: 'secret rooms', grant: {}, format: 'auto', confidential: true },
];

describe('readJsonPolicy', () => {
  it('gives the very objects that TypeScript has', () => {
    const { rules, problems } = read(JSON.stringify({ $schema: './policy.schema.json', rules: WRITTEN }));
    expect(problems).toEqual([]);
    expect(rules).toEqual(WRITTEN);
    const compileProblems: ConfigProblem[] = [];
    compilePolicy(rules ?? [], compileProblems);
    expect(compileProblems).toEqual([]);
  });

  it('refuses a misspelt "when", which would have covered every user', () => {
    const { rules, problems } = read(JSON.stringify(rule({ wehn: { kind: 'anonymous' } })));
    expect(rules).toBeUndefined();
    expect(problems).toEqual([
      {
        setting: 'rules[0].wehn',
        problem: 'it is not known here',
        fix: 'Write one of name, grant, when, clientId, wildcardClientId, ttl, format, mayRevoke, jwt, confidential, or remove it',
      },
    ]);
  });

  it('refuses a name that stands twice, of which JSON.parse would keep the last', () => {
    const twice =
      '{"rules":[{"name":"a","when":{"kind":"user"},"grant":{},"wh\\u0065n":{"kind":["user","anonymous"]}}]}';
    expect(read(twice)).toEqual({
      rules: undefined,
      problems: [{ setting: SETTING, problem: '"when" stands twice in one object', fix: 'Keep one of the two' }],
    });
    expect(read('{"rules":[{"name":"a","grant":{"x":["publish"],"x":["subscribe"]}}]}').rules).toBeUndefined();
  });

  it('takes the names of JavaScript for names of channels and claims, and nothing else', () => {
    const text =
      '{"rules":[{"name":"a","grant":{"__proto__":["publish"],"constructor":["publish"]},"when":{"claims":{"toString":1}}}]}';
    const { rules, problems } = read(text);
    expect(problems).toEqual([]);
    expect(Object.keys(rules?.[0]?.grant ?? {})).toEqual(['__proto__', 'constructor']);
    expect(settingsOf(JSON.parse('{"rules":[{"name":"a","grant":{},"__proto__":{"when":{}}}]}'))).toEqual([
      'rules[0].__proto__',
    ]);
  });

  it('tells all that is wrong at once, in the shape and in the sense of the rules', () => {
    const value = {
      rules: [
        { grant: { 'room:1': ['subscrbe'] }, ttl: 60, format: 'token' },
        { name: 'b', when: { kind: 'admin', claims: { role: null } }, grant: { '*': ['publish'] } },
        { name: 'c', grant: { '*': ['publish'] }, ttl: '1s' },
        'd',
      ],
      rule: [],
    };
    expect(settingsOf(value)).toEqual([
      'rule',
      'rules[0].name',
      'rules[0].grant["room:1"][0]',
      'rules[0].ttl',
      'rules[0].format',
      'rules[1].when.kind',
      'rules[1].when.claims["role"]',
      'rules[3]',
      'rules[2].grant["*"]',
      'rules[2].ttl',
    ]);
  });

  it('says where a text stops being JSON, and repeats nothing of it', () => {
    const [problem] = read('{"rules": [\n  {"name": oops}\n]}').problems;
    expect(problem?.problem).toBe('it is not JSON at line 2, column 12');
    expect(read('{"rules": [],}').problems).toMatchObject([{ problem: 'it is not JSON at line 1, column 14' }]);
    expect(read('{"rules": [').problems).toMatchObject([{ problem: 'it is not JSON: it ends too early' }]);
    for (const secret of ['app.key:hunter2hunter2', '{"rules": hunter2hunter2}', '"hunter2hunter2']) {
      expect(JSON.stringify(read(secret).problems)).not.toContain('hunter2');
    }
  });

  it('repeats of a value a short excerpt, in ASCII and on one line', () => {
    const value = `\u202e\n${'x'.repeat(500)}`;
    for (const more of [{ ttl: value }, { format: value }, { when: { kind: value } }, { [value]: 1 }]) {
      const text = read(JSON.stringify(rule(more))).problems.map(({ setting, problem }) => setting + problem);
      expect(text).toHaveLength(1);
      expect(text[0]).toMatch(/^[\x20-\x7e…]{1,120}$/);
    }
  });

  it('reads a text that begins with a byte order mark', () => {
    const { rules, problems } = read(`\ufeff${JSON.stringify({ rules: WRITTEN })}`);
    expect([rules, problems]).toEqual([WRITTEN, []]);
  });

  it('says once that there are no rules', () => {
    expect(settingsOf({ rules: [] })).toEqual(['rules']);
  });

  it('says what to write in JSON, and calls everything by a path that begins as it is told', () => {
    const value = {
      $schema: 1,
      rules: [{ name: 'a', grant: { '*': ['publish'] } }, { name: 'a', grant: {}, jwt: { rates: 1 } }, 'x'],
    };
    const problems: ConfigProblem[] = [];
    expect(readJsonPolicy(JSON.stringify(value), SETTING, problems, `${SETTING}.`)).toBeUndefined();
    expect(problems.map(({ setting }) => setting)).toEqual([
      `${SETTING}.$schema`,
      `${SETTING}.rules[1].jwt.rates`,
      `${SETTING}.rules[2]`,
      `${SETTING}.rules[0].grant["*"]`,
    ]);
    const fix = 'Name the namespace, or write {"operations": [...], "broad": "the reason"} to say that it is meant';
    expect(problems.at(-1)?.fix).toBe(fix);
  });

  it('explains a bare list', () => {
    expect(read('[]').problems).toEqual([
      { setting: SETTING, problem: 'it is a list', fix: 'Write {"rules": [...]} around it' },
    ]);
  });

  it('reads a deeply nested text to its end without failing itself', () => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    expect(read(`{"rules": ${deep}}`).rules).toBeUndefined();
    expect(read(`{"rules": [{"name": "a", "grant": ${deep}}]}`).rules).toBeUndefined();
  });
});

describe('policy.schema.json', () => {
  const schema = JSON.parse(readFileSync(new URL('../../../policy.schema.json', import.meta.url), 'utf8'));
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

  it('lists the operations and formats that there are', () => {
    expect(schema.$defs.operation.enum).toEqual([...OPERATIONS, '*', ...PRESETS.keys()]);
    expect(schema.$defs.rule.properties.format.enum).toEqual(TOKEN_FORMATS);
  });

  const grant = (given: unknown): unknown => rule({ grant: { 'room:1': given } });
  const claim = (test: unknown): unknown => rule({ when: { claims: { role: test } } });

  const jwt = (extras: unknown): unknown => rule({ format: 'jwt', jwt: extras });

  it.each<[string, unknown]>([
    ['every form', { rules: WRITTEN }],
    ['empty jwt', jwt({})],
    ['$schema', { $schema: 'x', rules: WRITTEN }],
    ['empty when', rule({ when: {} })],
    ['* alone', grant(['*'])],
    ['broad', grant({ operations: ['publish'], broad: 'why' })],
    ['false claim', claim(false)],
    ['empty claim', claim('')],
    ['one of', claim({ oneOf: [1, 'a', true] })],
  ])('and the reader accept: %s', (_, value) => {
    expect(validate(value)).toBe(true);
    expect(read(JSON.stringify(value)).problems).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['a text', 'rules'],
    ['no rules', {}],
    ['empty rules', { rules: [] }],
    ['rules that are none', { rules: {} }],
    ['another property', { rules: WRITTEN, extra: 1 }],
    ['$schema that is none', { $schema: 1, rules: WRITTEN }],
    ['a rule that is none', { rules: [null] }],
    ['no name', { rules: [{ grant: {} }] }],
    ['an empty name', rule({ name: '' })],
    ['a name that is none', rule({ name: 1 })],
    ['no grant', { rules: [{ name: 'a' }] }],
    ['a grant that is a list', rule({ grant: [] })],
    ['grant null', rule({ grant: null })],
    ['no operation', grant([])],
    ['a text as operations', grant('publish')],
    ['an unknown operation', grant(['Publish'])],
    ['operation null', grant([null])],
    ['broad without a reason', grant({ operations: ['publish'] })],
    ['broad with a blank reason', grant({ operations: ['publish'], broad: ' \u00a0' })],
    ['broad without operations', grant({ broad: 'why' })],
    ['broad and more', grant({ operations: ['publish'], broad: 'why', when: 1 })],
    ['when null', rule({ when: null })],
    ['when misspelt', rule({ When: {} })],
    ['an unknown condition', rule({ when: { kinds: 'user' } })],
    ['an unknown kind', rule({ when: { kind: 'User' } })],
    ['no kind', rule({ when: { kind: [] } })],
    ['a kind in a list of lists', rule({ when: { kind: [['user']] } })],
    ['an empty source', rule({ when: { source: '' } })],
    ['a source that is none', rule({ when: { source: [1] } })],
    ['claims that are a list', rule({ when: { claims: [] } })],
    ['claim null', claim(null)],
    ['claim list', claim(['a'])],
    ['claim without a test', claim({})],
    ['claim with two tests', claim({ present: true, contains: 'a' })],
    ['claim with an unknown test', claim({ not: 'a' })],
    ['one of none', claim({ oneOf: [] })],
    ['one of null', claim({ oneOf: [null] })],
    ['one of a text', claim({ oneOf: 'a' })],
    ['contains a list', claim({ contains: ['a'] })],
    ['present as a text', claim({ present: 'false' })],
    ['an empty clientId', rule({ clientId: '' })],
    ['clientId true', rule({ clientId: true })],
    ['clientId null', rule({ clientId: null })],
    ['wildcardClientId false', rule({ wildcardClientId: false })],
    ['ttl as a number', rule({ ttl: 3600 })],
    ['ttl without a unit', rule({ ttl: '3600' })],
    ['ttl with a blank', rule({ ttl: ' 1h' })],
    ['ttl with a line break', rule({ ttl: '1h\n' })],
    ['an unknown format', rule({ format: 'JWT' })],
    ['confidential false', rule({ confidential: false })],
    ['jwt true', rule({ jwt: true })],
    ['jwt null', rule({ jwt: null })],
    ['an unknown part of jwt', jwt({ capability: {} })],
    ['channel claims that are a list', jwt({ channelClaims: [] })],
    ['an empty channel claim', jwt({ channelClaims: { a: '' } })],
    ['a channel claim that is a number', jwt({ channelClaims: { a: 7 } })],
    ['a channel claim with a list in it', jwt({ channelClaims: { a: { roles: ['x'] } } })],
    ['a room claim null', jwt({ roomClaims: { a: null } })],
    ['a rate of none', jwt({ publishRates: { a: 0 } })],
    ['a rate below none', jwt({ publishRates: { a: -1 } })],
    ['a rate as a text', jwt({ publishRates: { a: '5' } })],
    ['an empty revocation key', jwt({ revocationKey: '' })],
    ['a revocation key that is a number', jwt({ revocationKey: 7 })],
    ['another client type', jwt({ clientType: 'client' })],
    ['jti as a text', jwt({ jti: 'x' })],
    ['jti false', jwt({ jti: false })],
    ['a claim of Ably’s', jwt({ claims: { 'X-Ably-Capability': 'x' } })],
    ['a claim of Ably’s for a channel', jwt({ claims: { 'ably.channel.a': 'x' } })],
    ['a registered claim', jwt({ claims: { exp: 1 } })],
    ['a claim without a name', jwt({ claims: { '': 1 } })],
    ['a claim null', jwt({ claims: { a: null } })],
  ])('and the reader refuse: %s', (_, value) => {
    expect(validate(value)).toBe(false);
    const { rules, problems } = read(JSON.stringify(value));
    expect(rules).toBeUndefined();
    expect(problems.length).toBeGreaterThan(0);
  });
});
