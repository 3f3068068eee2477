import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains } from '../../core/capability/algebra.ts';
import { canonicalCapability } from '../../core/capability/canonical.ts';
import type { Capability } from '../../core/capability/capability.ts';
import { permits } from '../../core/capability/match.ts';
import { parseCapability } from '../../core/capability/parse.ts';
import type { ConfigProblem } from '../../core/config-problem.ts';
import { AuthFailure } from '../../core/errors.ts';
import type { Identity, IdentitySource } from '../../core/identity/identity.ts';
import { compilePolicy, type PolicyTerms } from '../../core/policy/compile-policy.ts';
import { type Decision, decide } from '../../core/policy/decide.ts';
import { evaluate } from '../../core/policy/evaluate.ts';
import { explainPolicy } from '../../core/policy/explain.ts';
import { readJsonPolicy } from '../../core/policy/json-policy.ts';
import { lookUp } from '../../core/policy/look-up.ts';
import { compileMatch, matchOf } from '../../core/policy/match.ts';
import type { Rule } from '../../core/policy/rule.ts';
import type { Wishes } from '../../core/policy/wishes.ts';
import { authRequest, jsonOf, NOW_MS, testEndpoint } from '../core/auth-request.ts';
import { capabilities, channelNames } from '../core/capability/samples.ts';
import { asFunctions, identities, policies } from './policies.ts';

function compiled(rules: readonly Rule[], terms: PolicyTerms = {}) {
  const problems: ConfigProblem[] = [];
  const policy = compilePolicy(rules, problems, terms);
  expect(problems).toEqual([]);
  return policy;
}

const rightsOf = (rules: readonly Rule[], identity: Identity): Capability =>
  evaluate(compiled(rules), identity).capability;

/** What a decision came to, as text: all that a token would say, or why there is none. */
function outcome(run: () => Decision): string {
  try {
    const { capability, clientId, evaluation } = run();
    return JSON.stringify([canonicalCapability(capability), clientId, evaluation.ttlMs, evaluation.format]);
  } catch (error) {
    if (!(error instanceof AuthFailure)) throw error;
    return error.reason;
  }
}

describe('a policy', () => {
  it('never loses a right by another rule, wherever it is added', () => {
    fc.assert(
      fc.property(policies, policies, fc.nat(), identities, (rules, others, place, identity) => {
        const added = others.slice(0, 1).map((rule) => ({ ...rule, name: 'added' }));
        const more = rules.toSpliced(place % (rules.length + 1), 0, ...added);
        expect(contains(rightsOf(more, identity), rightsOf(rules, identity))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('S3: never gives a right more for any wish, nor under any ceiling', () => {
    let narrowed = 0;
    fc.assert(
      fc.property(policies, identities, capabilities, capabilities, (rules, identity, wish, ceiling) => {
        for (const terms of [{}, { ceiling }, { ceiling, onExcessRequest: 'refuse' as const }]) {
          let decision: Decision;
          try {
            decision = decide(compiled(rules, terms), identity, '', { requestedCapability: wish });
          } catch (error) {
            if (error instanceof AuthFailure) continue;
            throw error;
          }
          narrowed += 1;
          expect(decision.capability.size).toBeGreaterThan(0);
          expect(contains(rightsOf(rules, identity), decision.capability)).toBe(true);
          expect(contains(wish, decision.capability)).toBe(true);
          if ('ceiling' in terms) expect(contains(ceiling, decision.capability)).toBe(true);
          if ('onExcessRequest' in terms) expect(contains(decision.granted, wish)).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(narrowed).toBeGreaterThan(100);
  });

  it('S6: gives for any looked-up value one segment of the template, or nothing', async () => {
    const value = fc.oneof(
      fc.string({ unit: fc.constantFrom(...':*[]?,{}|"$\\/ \n\0\u2028\ud800aé😀'), maxLength: 6 }),
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.anything(),
    );
    const who: Identity = { source: 's', subject: 'bob', kind: 'user', claims: { sub: 'bob', room: 'claimed' } };
    await fc.assert(
      fc.asyncProperty(fc.array(value, { maxLength: 4 }), async (values) => {
        const lookup = () => values.map((room) => ({ room }));
        const policy = compiled([{ name: 'rooms', lookup, grant: { 'room:{lookup.room}:x': ['publish'] } }]);
        const { capability } = evaluate(policy, who, await lookUp(policy, who));
        for (const resource of capability.keys()) {
          const [room, segment = '', x, ...more] = resource.split(':');
          expect([room, x, more]).toEqual(['room', 'x', []]);
          expect(segment).not.toMatch(/^$|[*[\]?,\p{Cc}\u2028\u2029]/u);
          const fit = values.flat().filter((value) => typeof value === 'string' || typeof value === 'number');
          expect(fit.map(String)).toContain(segment);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('is evaluated without changing anything: its rules and identities are frozen, and the second time is as the first', () => {
    fc.assert(
      fc.property(policies, identities, (rules, identity) => {
        const policy = compiled(rules);
        const [first, second] = [evaluate(policy, identity), evaluate(policy, identity)];
        expect(second).toEqual(first);
      }),
      { numRuns: 500 },
    );
  });

  it('says the same as JSON', () => {
    fc.assert(
      fc.property(policies, identities, (rules, identity) => {
        const problems: ConfigProblem[] = [];
        const read = readJsonPolicy(JSON.stringify({ rules }), 'policy', problems);
        expect(problems).toEqual([]);
        expect(read).toEqual(rules);
        expect(outcome(() => decide(compiled(read ?? []), identity, '', {}))).toBe(
          outcome(() => decide(compiled(rules), identity, '', {})),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('says the same with functions in place of data', async () => {
    let granted = 0;
    await fc.assert(
      fc.asyncProperty(policies, identities, async (rules, identity) => {
        const functions = compiled(asFunctions(rules, (rule, who) => compileMatch(matchOf(rule.when))(who)));
        const answers = await lookUp(functions, identity);
        const data = evaluate(compiled(rules), identity);
        const asked = evaluate(functions, identity, answers);
        expect(asked.matchedRules).toEqual(data.matchedRules);
        expect(canonicalCapability(asked.capability)).toBe(canonicalCapability(data.capability));
        granted += data.capability.size;
      }),
      { numRuns: 500 },
    );
    expect(granted).toBeGreaterThan(100);
  });
});

describe('explainPolicy', () => {
  /** Sources that vouch for whoever the test says, under both names that the identities have. */
  function sourcesOf(identity: Identity): readonly IdentitySource[] {
    const source = (name: string): IdentitySource => ({
      ...{ name, ambient: false, kinds: ['user', 'guest', 'anonymous'], problems: [] },
      clientIdPrefix: `${name}:`,
      carriesCredential: () => name === identity.source,
      verify: () => ({ kind: 'identified', identity }),
    });
    // One that may yield anonymous callers belongs last.
    const other = identity.source === 'session' ? 'partner' : 'session';
    return [{ ...source(other), kinds: ['user', 'guest'] }, source(identity.source)];
  }

  it('never says anything else than the endpoint does', async () => {
    const seen = new Map<string, number>();
    const functions = fc.boolean();
    await fc.assert(
      fc.asyncProperty(
        policies,
        identities,
        capabilities,
        functions,
        channelNames,
        async (rules, identity, wish, asking, channel) => {
          const written = asking ? asFunctions(rules, (rule, who) => compileMatch(matchOf(rule.when))(who)) : rules;
          // Beside a rule whose format cannot carry it, the config's would be a mistake.
          const carries = rules.every(({ format, confidential }) => /^(jwt|auto)$/.test(format ?? '') && !confidential);
          const jwt = { claims: { plan: '{role}', team: '{team}' } };
          const config = { sources: sourcesOf(identity), rules: written, ...(carries && { jwt }) };
          const wished = wish.size > 0 && wish.size % 2 === 0;
          const wishes: Wishes = wished ? { requestedCapability: wish } : {};
          const endpoint = testEndpoint(config);
          const query = wished ? { capability: canonicalCapability(wish) } : {};
          const response = await endpoint.handle(authRequest({ query }));
          const question = { operation: 'publish', channel } as const;
          const explanation = await explainPolicy(config, identity, { wishes, nowMs: NOW_MS, question });
          const { outcome: explained, answer } = explanation;
          seen.set(explained.kind, (seen.get(explained.kind) ?? 0) + 1);

          const event = endpoint.events.at(-1);
          if (explained.kind === 'refused') {
            expect(event).toMatchObject({ kind: 'refused', reason: explained.reason, status: response.status });
            expect(answer?.allowed).toBe(false);
            return;
          }
          if (explained.kind !== 'issued') throw new Error('the config should be fine');
          expect(event).toMatchObject({
            ...{ kind: 'issued', format: explained.format, ttlMs: explained.ttlMs },
            matchedRules: explanation.rules.filter(({ matched }) => matched).map(({ name }) => name),
            ...(explained.auto && { auto: explained.auto }),
          });
          const told = [...explanation.rules.flatMap(({ leftOut }) => leftOut), ...(explanation.leftOut ?? [])];
          expect(sortedTexts(told)).toEqual(sortedTexts(event?.kind === 'issued' ? event.leftOut : []));
          const isJwt = explained.format === 'jwt';
          const { capability, clientId, extras } = isJwt ? claimsOf(response.body) : jsonOf(response);
          expect([explained.capability, explained.clientId]).toEqual([capability, clientId]);
          expect(explained.claims ?? {}).toEqual(extras ?? {});
          for (const also of [explained.auto, explained.claims && 'claims']) {
            if (also) seen.set(also, (seen.get(also) ?? 0) + 1);
          }
          const parsed = parseCapability(capability);
          if (!parsed.ok) throw new Error('the capability cannot be read');
          expect(answer?.allowed).toBe(permits(parsed.capability, 'publish', channel));
          if (answer?.allowed) expect(answer.grantedBy).not.toEqual([]);
        },
      ),
      { numRuns: 600 },
    );
    for (const kind of ['issued', 'refused']) expect(seen.get(kind) ?? 0).toBeGreaterThan(50);
    for (const kind of ['fits', 'confidential', 'claims']) expect(seen.get(kind) ?? 0).toBeGreaterThan(2);
  });
});

function claimsOf(jwt: string): Record<string, unknown> {
  const claims = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
  const { iat, exp, 'x-ably-capability': capability, 'x-ably-clientId': clientId, ...extras } = claims;
  return { capability, clientId, extras };
}

function sortedTexts(values: readonly unknown[]): readonly string[] {
  return values.map((value) => JSON.stringify(Object.entries(value ?? {}).sort())).sort();
}
