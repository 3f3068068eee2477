/**
 * What is seen at a glance is what `resolveConfig` finds: nothing passes here that does not pass there, and what passes
 * comes to the same. A mistake that only the whole reading knows is therefore never served.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import shipped from '../../../auth.config.ts';
import type { Operation } from '../../../core/capability/operations.ts';
import { type AuthConfig, defineAuth } from '../../../core/config.ts';
import { glanceConfig } from '../../../core/glance/glance-config.ts';
import { resolveAtStart } from '../../../core/glance/resolve-at-start.ts';
import { anonymous } from '../../../core/identity/anonymous.ts';
import { guest } from '../../../core/identity/guest.ts';
import type { IdentitySource } from '../../../core/identity/identity.ts';
import { session } from '../../../core/identity/session.ts';
import type { CompiledRule } from '../../../core/policy/compile-policy.ts';
import { presetOperations } from '../../../core/policy/presets.ts';
import type { Match } from '../../../core/policy/rule.ts';
import { type ResolvedAuth, resolveConfig } from '../../../core/resolve-config.ts';
import { type Environment, SETTINGS } from '../../../core/settings.ts';
import { identities, policies } from '../../property/policies.ts';
import { SESSION_SECRET } from '../auth-request.ts';

const SECRETS = { secrets: [SESSION_SECRET] };
const RULE = { name: 'one', grant: { 'a:{sub}': ['publish'] } } as const;

const sourceLists = fc.shuffledSubarray<IdentitySource>(
  [
    session(SECRETS),
    { ...session({ ...SECRETS, clientIdPrefix: 'a:' }), name: 'a' },
    { ...session({ ...SECRETS, clientIdPrefix: 'a:b' }), name: 'ab' },
    { ...session({ ...SECRETS, clientIdPrefix: '*' }), name: 'star' },
    { ...session({ ...SECRETS, clientIdPrefix: 'guest:x' }), name: 'guestly' },
    { ...session({ ...SECRETS, sharesSubjectsWith: 'session' }), name: 'same' },
    session({ secrets: ['short'] }),
    guest(SECRETS),
    anonymous(),
  ],
  { maxLength: 3 },
);

/** Half of them without what a glance leaves to the whole reading. */
const ruleLists = fc.oneof(
  policies,
  policies.map((rules) =>
    rules.map(({ name, when, grant, clientId }) => ({
      name,
      ...(when && { when: plain(when as Match) }),
      grant,
      ...(clientId !== undefined && { clientId }),
    })),
  ),
);

function plain(match: Match): Match {
  return { ...match, ...(match.claims && { claims: { ...match.claims } }) };
}

const environments: fc.Arbitrary<Environment> = fc.dictionary(
  fc.constantFrom(...Object.keys(SETTINGS)),
  fc.constantFrom('', 'x', '0', '1h', '25h', 'jwt', 'platform', 'function', '*', 'https://app.example', 'true', '{}'),
  { maxKeys: 4 },
);

/** What a place of a config may hold instead: all that people and generators write there by mistake. */
const JUNK: readonly unknown[] = [
  ...[null, undefined, '', ' ', 'x', '*', '{', '{a}{b}', '[*]x', '[{a}]b', 0, -1, Number.NaN, true, false],
  ...[[], [undefined], new Array(1), ['*', 'publish'], ['nothing'], ['1h'], {}, { '': ['publish'] }, { extra: 1 }],
  ...[{ oneOf: [] }, { oneOf: new Array(1) }, { present: 1 }, { contains: [] }, { '*': ['publish'] }, { '*:a': ['*'] }],
  ...[
    { operations: ['publish'], broad: ' ' },
    () => true,
    Object.create({ kind: 'anonymous' }),
    '90s',
    '59s',
    '\ud800',
  ],
];

const NAMES = [
  'kind',
  'claims',
  'test',
  'lookup',
  'ttl',
  'clientId',
  'grant',
  'cors',
  'revocable',
  'extra',
  'a.b',
  'a..b',
];

type Spoil = readonly [steps: readonly number[], junk: unknown, name: string | undefined];

const spoils: fc.Arbitrary<Spoil> = fc.tuple(
  fc.array(fc.nat(30), { maxLength: 5 }),
  fc.constantFrom(...JUNK),
  fc.option(fc.constantFrom(...NAMES), { nil: undefined }),
);

/** A copy in which one value, somewhere below, is another, or has a property more. */
function spoilt(value: unknown, [steps, junk, name]: Spoil, depth = 0): unknown {
  const isNode = typeof value === 'object' && value !== null;
  const step = steps[depth];
  if (step === undefined || !isNode) return isNode && name !== undefined ? { ...value, [name]: junk } : junk;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(keys.length, 1)];
  if (key === undefined) return junk;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  (copy as Record<string, unknown>)[key] = spoilt(
    (value as Record<string, unknown>)[key],
    [steps, junk, name],
    depth + 1,
  );
  return copy;
}

/** Without functions, which are compared by what they answer. */
function dataOf({ policy, ...rest }: ResolvedAuth): unknown {
  return { ...rest, policy: { ...policy, rules: policy.rules.map(({ covers: _, ...rule }) => rule) } };
}

function expectTheSame(config: AuthConfig, env: Environment): boolean {
  const definition = defineAuth(() => config);
  const seen = glanceConfig(definition, env, presetOperations);
  if (!seen) return false;
  const whole = resolveConfig(definition, env);
  if (!whole.ok) throw new Error(`Seen as in order: ${JSON.stringify(whole.problems)}`);
  expect(dataOf(seen)).toEqual(dataOf(whole.auth));
  const pairs = seen.policy.rules.map((rule, index) => [rule, whole.auth.policy.rules[index] as CompiledRule] as const);
  fc.assert(
    fc.property(identities, (identity) =>
      pairs.every(([one, other]) => one.covers(identity) === other.covers(identity)),
    ),
    { numRuns: 3 },
  );
  return true;
}

describe('a glance at a config', () => {
  it.each([
    {},
    { ABLY_AUTH_SESSION_SECRET: SESSION_SECRET },
    { ABLY_AUTH_ISSUER: 'https://id.example', ABLY_AUTH_AUDIENCE: 'app', ABLY_AUTH_SESSION_SECRET: SESSION_SECRET },
    { ABLY_AUTH_TTL: '15m', ABLY_AUTH_ALLOWED_ORIGINS: 'https://app.example', ABLY_AUTH_CORS: 'platform' },
  ])('sees that the shipped one is in order under %j', (env) => {
    const seen = glanceConfig(shipped, env, presetOperations);
    const whole = resolveConfig(shipped, env);
    expect(seen).toBeDefined();
    expect(seen && whole.ok && seen.policy.rules.length).toBe(2);
    expect(seen?.defaults).toEqual(whole.ok && whole.auth.defaults);
    expect(seen?.cors).toEqual(whole.ok && whole.auth.cors);
  });

  it('comes to the same as the whole reading, for whatever it takes', () => {
    let seen = 0;
    fc.assert(
      fc.property(sourceLists, ruleLists, environments, (sources, rules, env) => {
        if (expectTheSame({ sources, rules }, env)) seen += 1;
      }),
      { numRuns: 2_000 },
    );
    expect(seen).toBeGreaterThan(50);
  });

  it('takes nothing in which the whole reading finds a mistake, wherever that is', () => {
    let seen = 0;
    const base = {
      sources: [session(SECRETS), anonymous()],
      rules: [
        {
          name: 'one',
          when: { kind: ['user'], source: 'session', claims: { role: { oneOf: ['a', 'b'] } } },
          grant: { a: ['publish'] },
        },
        { name: 'two', when: { kind: 'anonymous' }, grant: { 'b:{x}:c': ['subscribe', 'preset:read-only'] } },
        { name: 'three', clientId: '{sub}', grant: { '*': { operations: ['publish'], broad: 'for tests' } } },
      ],
      ttl: '1h',
      allowedOrigins: ['https://app.example'],
      docsBaseUrl: 'https://docs.example',
    };
    fc.assert(
      fc.property(spoils, spoils, (spoil, another) => {
        if (expectTheSame(spoilt(base, spoil) as AuthConfig, {})) seen += 1;
        if (expectTheSame(spoilt(spoilt(base, spoil), another) as AuthConfig, {})) seen += 1;
      }),
      { numRuns: 6_000 },
    );
    expect(seen).toBeGreaterThan(50);
  });

  it('leaves what it does not know to the whole reading', async () => {
    const config = { sources: [session(SECRETS)], rules: [RULE], honourRequestedTtl: true };
    expect(
      glanceConfig(
        defineAuth(() => config),
        {},
        presetOperations,
      ),
    ).toBeUndefined();
    const resolution = await resolveAtStart(
      defineAuth(() => config),
      {},
    );
    expect(resolution.ok && resolution.auth.defaults.honourRequestedTtl).toBe(true);
  });

  it('loads the presets where a grant names one, and refuses a name that is none', async () => {
    const granting = (name: string) =>
      defineAuth(() => ({ sources: [anonymous()], rules: [{ name: 'one', grant: { a: [name as Operation] } }] }));
    const resolution = await resolveAtStart(granting('preset:read-only'), {});
    const operations = resolution.ok && resolution.auth.policy.rules[0]?.grants.fixed.get('a');
    expect(operations).toEqual(new Set(['subscribe', 'history']));
    const mistaken = granting('preset:read-olny');
    const refused = resolveConfig(mistaken, {});
    expect(await resolveAtStart(mistaken, {})).toMatchObject({ ok: false, problems: !refused.ok && refused.problems });
  });

  it('builds a config once, and fails once, whoever reads it', async () => {
    let built = 0;
    const failing = defineAuth(() => {
      built += 1;
      throw new RangeError('not for a log');
    });
    expect(await resolveAtStart(failing, {})).toEqual(resolveConfig(failing, {}));
    expect(built).toBe(2);
    expect(await resolveAtStart({} as never, {})).toEqual(resolveConfig({} as never, {}));
  });
});
