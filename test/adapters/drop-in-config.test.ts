import { describe, expect, it } from 'vitest';
import { composeEndpoint } from '../../adapters/compose/compose-endpoint.ts';
import { dropInConfig, readDropInConfig } from '../../adapters/compose/drop-in-config.ts';
import { chooseEnvironmentKey } from '../../adapters/compose/environment-key.ts';
import type { Rule } from '../../core/policy/rule.ts';
import { resolveConfig } from '../../core/resolve-config.ts';

const ENV = { ABLY_AUTH_SESSION_SECRET: 'an obviously fake secret of 32 bytes or more' };
const print = (): void => {};
const MEMBERS: Rule = { name: 'members', grant: { news: ['subscribe'] }, ttl: '2h' };

describe('the config of a drop-in', () => {
  const resolved = (rule: Rule, env: Readonly<Record<string, string>> = {}) => {
    const all = { ...ENV, ...env };
    return resolveConfig(dropInConfig(all, [rule], []).definition, all);
  };
  const problems = (rule: Rule, format: string): readonly string[] => {
    const resolution = resolved(rule, { ABLY_AUTH_TOKEN_FORMAT: format });
    return resolution.ok ? [] : resolution.problems.map(({ setting }) => setting);
  };

  it('makes tokens that can be revoked in time where a rule lets somebody revoke, and only there', () => {
    const may: Rule = { ...MEMBERS, mayRevoke: 'self' };
    expect(resolved(may)).toMatchObject({ ok: true, auth: { defaults: { revocable: true, format: 'jwt' } } });
    expect(problems(may, 'token-request')).toEqual(['ABLY_AUTH_TOKEN_FORMAT']);
    expect(problems(may, 'jwt')).toEqual([]);
    expect(resolved(MEMBERS)).toMatchObject({ auth: { defaults: { revocable: false, format: 'token-request' } } });
    expect(problems(MEMBERS, 'token-request')).toEqual([]);
  });

  it('names its setting in all that is wrong with the rules, and says what to write in JSON', async () => {
    const policy = {
      rules: [
        { name: 'all', grant: { '*': ['publish'] }, mayRevoke: 'self', format: 'token-request' },
        { name: 'it', grant: {}, jwt: { jti: true }, format: 'ably-token' },
      ],
    };
    const env = { ...ENV, ABLY_AUTH_POLICY: JSON.stringify(policy) };
    const { definition, problems } = readDropInConfig(env, import.meta.url);
    expect(problems).toEqual([]);
    const { endpoint } = composeEndpoint({ definition, problems, env, keySource: chooseEnvironmentKey({}), print });
    expect((await endpoint.allProblems).map(({ setting, fix }) => [setting, fix])).toEqual([
      ['ABLY_AUTH_POLICY.rules[0].grant["*"]', expect.stringContaining('{"operations": [...], "broad": "the reason"}')],
      ['ABLY_AUTH_POLICY.rules[0].format', expect.any(String)],
      ['ABLY_API_KEY', expect.any(String)],
      ['ABLY_AUTH_POLICY.rules[1].jwt', expect.any(String)],
      ['ABLY_AUTH_POLICY.rules[1].format', expect.any(String)],
    ]);
  });

  it.each<[string, string, readonly string[]]>([
    ['a text that is not JSON', '{"rules": [,]}', ['ABLY_AUTH_POLICY']],
    ['no file', 'nothing-here.json', ['ABLY_AUTH_POLICY']],
    ['no rules in it', '{"rules": []}', ['ABLY_AUTH_POLICY.rules']],
    ['nothing', '', ['ABLY_AUTH_POLICY', 'ABLY_AUTH_SESSION_SECRET']],
    ['a rule for users', '{"rules": [{"name": "a", "grant": {}}]}', ['ABLY_AUTH_SESSION_SECRET']],
  ])('without an identity source, of %s says what is known', (_, policy, settings) => {
    const { problems } = readDropInConfig({ ABLY_AUTH_POLICY: policy }, import.meta.url);
    expect(problems.map(({ setting }) => setting)).toEqual(settings);
  });

  it('says of a rule that covers guests alone that it covers nobody', () => {
    const found = (kind: unknown) => {
      const policy = JSON.stringify({ rules: [{ name: 'a', grant: {}, when: { kind } }] });
      return readDropInConfig({ ...ENV, ABLY_AUTH_POLICY: policy }, import.meta.url).problems;
    };
    expect(found('guest')).toMatchObject([{ setting: 'ABLY_AUTH_POLICY.rules[0].when.kind' }]);
    expect(found(['guest'])).toHaveLength(1);
    expect(found(['user', 'guest'])).toEqual([]);
    expect(found('anonymous')).toEqual([]);
  });
});
