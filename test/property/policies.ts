/**
 * Random policies and identities, of few names so that they often meet: rules as data, and the same rules with functions
 * in place of data.
 */
import fc from 'fast-check';
import type { Identity } from '../../core/identity/identity.ts';
import type { JwtExtras } from '../../core/policy/jwt-extras.ts';
import { kindsOf, matchOf } from '../../core/policy/match.ts';
import type { Grant, Match, Rule } from '../../core/policy/rule.ts';
import { broad } from '../../core/policy/rule.ts';

const operations = fc.subarray(
  ['publish', 'subscribe', 'presence', 'history', 'preset:read-only', 'preset:chat-typing'] as const,
  { minLength: 1 },
);

/** Every pattern is written `broad`, which is allowed for all and needed for some. */
const grants: fc.Arbitrary<Grant> = fc
  .uniqueArray(
    fc.tuple(
      fc.constantFrom('a', 'a:*', 'b:{team}', 'c:{teams}:*', '*:{sub}', '*', '[meta]a', 'd:{sub|segment}', 'e:{none}'),
      operations,
    ),
    { selector: ([pattern]) => pattern, maxLength: 4 },
  )
  .map((entries) => Object.fromEntries(entries.map(([pattern, listed]) => [pattern, broad(listed, 'for tests')])));

const kinds = fc.subarray(['user', 'guest', 'anonymous'] as const, { minLength: 1 });

const matches: fc.Arbitrary<Match> = fc.record(
  {
    kind: kinds,
    source: fc.constantFrom('session', 'partner'),
    claims: fc.dictionary(
      fc.constantFrom('role', 'team', 'teams'),
      fc.oneof(
        fc.constantFrom('red', 'blue', 7, true),
        fc.record({ oneOf: fc.subarray(['red', 'blue', 7], { minLength: 1 }) }),
        fc.record({ contains: fc.constantFrom('red', 7) }),
        fc.record({ present: fc.boolean() }),
      ),
      { maxKeys: 2 },
    ),
  },
  { requiredKeys: [] },
);

const jwtExtras: fc.Arbitrary<JwtExtras> = fc.record(
  {
    channelClaims: fc.constantFrom({ 'a:*': '{role}' }, { 'b:{team}': { team: '{team}' } }, { 'c:{teams}': 'x' }),
    publishRates: fc.constantFrom({ '*': 5 }, { 'a:*': 0.5 }),
    revocationKey: fc.constantFrom('team', 'team-{team}'),
    claims: fc.constantFrom({ plan: 'gold' }, { plan: '{role}', none: '{none}' }),
  },
  { requiredKeys: [] },
);

const ruleBodies = fc
  .record(
    {
      when: matches,
      grant: grants,
      clientId: fc.constantFrom('{sub}', 'x:{team}', false as const),
      ttl: fc.constantFrom('10m' as const, '2h' as const),
      format: fc.constantFrom('jwt' as const, 'token-request' as const, 'auto' as const),
      wildcardClientId: fc.constant(true as const),
      jwt: jwtExtras,
      confidential: fc.constant(true as const),
    },
    { requiredKeys: ['grant'] },
  )
  .map((body): Omit<Rule, 'name'> => {
    // What a config may not say: a name for strangers, one beside the wildcard, and what a format cannot carry.
    const { clientId, wildcardClientId, jwt, confidential, ...others } = body;
    const format = jwt || confidential ? { format: jwt ? (others.format === 'auto' ? 'auto' : 'jwt') : 'auto' } : {};
    const rest = { ...others, ...format, ...(jwt ? { jwt } : confidential && { confidential }) } as Omit<Rule, 'name'>;
    if (body.when?.kind?.includes('anonymous')) return rest;
    return wildcardClientId ? { ...rest, wildcardClientId } : { ...rest, ...(clientId !== undefined && { clientId }) };
  });

/** At most four rules of unique names. */
export const policies: fc.Arbitrary<readonly Rule[]> = fc
  .array(ruleBodies, { minLength: 1, maxLength: 4 })
  .map((bodies) => bodies.map((body, index) => deepFrozen({ name: `rule ${index}`, ...body })));

const claimValues = fc.oneof(
  fc.constantFrom<unknown>('red', 'blue', 'x:*', '*', '', 7, true, null),
  fc.array(fc.constantFrom<unknown>('red', 'blue', '*', 7), { maxLength: 3 }),
);

export const identities: fc.Arbitrary<Identity> = fc
  .record({
    kind: fc.constantFrom('user' as const, 'user' as const, 'guest' as const, 'anonymous' as const),
    source: fc.constantFrom('session', 'partner'),
    subject: fc.constantFrom('bob', 'a:b', '*', 'x\ny'),
    claims: fc.dictionary(fc.constantFrom('role', 'team', 'teams'), claimValues),
  })
  .map(({ kind, source, subject, claims }) => {
    const named = kind === 'anonymous' ? { subject: '', claims } : { subject, claims: { ...claims, sub: subject } };
    return deepFrozen({ kind, source, ...named });
  });

/** The same rules with every condition beyond the kind, and every claim that a template reads, answered by a function. */
export function asFunctions(
  rules: readonly Rule[],
  covers: (rule: Rule, identity: Identity) => boolean,
): readonly Rule[] {
  return rules.map((rule, index) => ({
    ...rule,
    when: {
      kind: kindsOf(matchOf(rule.when)),
      test: (identity: Identity) =>
        index % 2 === 0 ? covers(rule, identity) : Promise.resolve(covers(rule, identity)),
    },
    lookup: async ({ claims }: Identity) => claims,
    grant: Object.fromEntries(
      Object.entries(rule.grant).map(([pattern, given]) => [pattern.replace(/\{(\w)/g, '{lookup.$1'), given]),
    ),
  }));
}

export function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) deepFrozen(member);
    Object.freeze(value);
  }
  return value;
}
