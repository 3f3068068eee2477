import { describe, expect, it } from 'vitest';
import { dropInConfig } from '../../adapters/compose/drop-in-config.ts';
import type { Rule } from '../../core/policy/rule.ts';
import { resolveConfig } from '../../core/resolve-config.ts';

const ENV = { ABLY_AUTH_SESSION_SECRET: 'an obviously fake secret of 32 bytes or more' };
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
});
