import { describe, expect, it } from 'vitest';
import type { AuthConfig } from '../../../core/config.ts';
import { anonymous } from '../../../core/identity/anonymous.ts';
import type { IdentitySource } from '../../../core/identity/identity.ts';
import { session } from '../../../core/identity/session.ts';
import { type ExplainOptions, explainPolicy } from '../../../core/policy/explain.ts';
import { describeExplanation } from '../../../core/policy/explain-text.ts';
import type { Rule } from '../../../core/policy/rule.ts';
import { NOW_MS, SESSION_SECRET } from '../auth-request.ts';
import { capabilityOf } from '../capability/samples.ts';

const RULES: readonly Rule[] = [
  { name: 'visitors', when: { kind: 'anonymous' }, grant: { news: ['subscribe'] } },
  { name: 'members', grant: { 'room:{rooms}:*': ['publish', 'subscribe'], 'x:{evil}': ['publish'] }, ttl: '15m' },
  { name: 'partners', when: { source: 'partner' }, grant: { p: ['publish'] } },
  { name: 'admins', when: { claims: { 'org.role': 'admin' } }, grant: { 'room:*': ['history'] }, format: 'jwt' },
  { name: 'asked', when: () => false, grant: { y: ['publish'] } },
];
const BOB = { claims: { sub: 'bob', rooms: ['7', '8'], evil: '*' } };

const configOf = (more: Partial<AuthConfig> = {}): AuthConfig => ({
  sources: [session({ secrets: [SESSION_SECRET] }), anonymous()],
  rules: RULES,
  ...more,
});
const explain = (
  caller = BOB as Parameters<typeof explainPolicy>[1],
  options: ExplainOptions = {},
  more?: Partial<AuthConfig>,
) => explainPolicy(configOf(more), caller, { nowMs: NOW_MS, ...options });

describe('explainPolicy', () => {
  it('says which rules matched, which condition of the others did not hold, and what each granted and left out', async () => {
    const { identity, rules } = await explain();
    expect(identity).toEqual({ source: 'session', subject: 'bob', kind: 'user' });
    expect(rules).toEqual([
      { name: 'visitors', matched: false, because: 'kind', grants: [], leftOut: [], decides: [] },
      {
        name: 'members',
        matched: true,
        grants: [
          { grant: 'room:{rooms}:*', resources: ['room:7:*', 'room:8:*'], operations: ['publish', 'subscribe'] },
          { grant: 'x:{evil}', resources: [], operations: ['publish'] },
        ],
        leftOut: [{ rule: 'members', grant: 'x:{evil}', placeholder: 'evil', why: 'unfit' }],
        decides: ['ttl'],
      },
      { name: 'partners', matched: false, because: 'source', grants: [], leftOut: [], decides: [] },
      { name: 'admins', matched: false, because: 'claim org.role', grants: [], leftOut: [], decides: [] },
      { name: 'asked', matched: false, because: 'function', grants: [], leftOut: [], decides: [] },
    ]);
  });

  it('says what comes of it: capability, clientId, ttl, format and size', async () => {
    const { outcome } = await explain();
    expect(outcome).toEqual({
      ...{ kind: 'issued', ttlMs: 900_000, format: 'token-request', clientId: 'bob' },
      capability: '{"room:7:*":["publish","subscribe"],"room:8:*":["publish","subscribe"]}',
      bytes: expect.any(Number),
    });
    const jwt = await explain({ claims: { ...BOB.claims, org: { role: 'admin' } } });
    expect(jwt.outcome).toMatchObject({ kind: 'issued', format: 'jwt' });
    expect(jwt.rules.find(({ name }) => name === 'admins')).toMatchObject({ matched: true, decides: ['format'] });
  });

  it('completes a caller: no subject is anonymous, the source is the first of its kind', async () => {
    expect((await explain({})).identity).toEqual({ source: 'anonymous', subject: '', kind: 'anonymous' });
    expect((await explain({ claims: { sub: 7 } })).identity).toEqual({ source: 'session', subject: '7', kind: 'user' });
    expect((await explain({ kind: 'guest', subject: 'g' })).identity).toEqual({
      source: 'guest',
      subject: 'g',
      kind: 'guest',
    });
    expect((await explain({ ...BOB, source: 'partner' })).rules.find(({ name }) => name === 'partners')?.matched).toBe(
      true,
    );
  });

  it('refuses as the endpoint would, with the row of the failure table', async () => {
    expect((await explain({ kind: 'guest', subject: 'g' })).outcome).toEqual({
      kind: 'refused',
      reason: 'no-rule',
      status: 403,
    });
    const ending = { ...BOB, expiresAtMs: NOW_MS + 1_000 };
    expect((await explain(ending)).outcome).toMatchObject({ reason: 'session-ending', status: 401 });
    const wishes = { requestedCapability: capabilityOf({ z: ['publish'] }) };
    expect((await explain(BOB, { wishes })).outcome).toMatchObject({ reason: 'requested-capability-empty' });
    const rules: readonly Rule[] = [{ name: 'down', when: () => Promise.reject(new Error('x')), grant: {} }];
    expect((await explain(BOB, {}, { rules })).outcome).toMatchObject({ reason: 'policy-unavailable', status: 503 });
    const huge: Rule = {
      name: 'huge',
      grant: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`c${i}`, ['publish']])),
      format: 'jwt',
    };
    expect((await explain(BOB, {}, { rules: [huge] })).outcome).toMatchObject({ reason: 'credential-too-large' });
  });

  it('S19: refuses a name that is reserved for guests, as the endpoint would', async () => {
    const guests: IdentitySource = {
      ...{
        name: 'guests',
        ambient: false,
        kinds: ['guest'],
        problems: [],
        clientIdPrefix: 'guest:',
        makesGuests: true,
      },
      carriesCredential: () => false,
      verify: () => ({ kind: 'rejected', reason: 'bad-credential', detail: '' }),
    };
    const sources = [session({ secrets: [SESSION_SECRET], clientIdPrefix: 'user:' }), guests];
    const rules: readonly Rule[] = [{ name: 'x', grant: { a: ['publish'] }, clientId: '{sub}' }];
    expect((await explain(BOB, {}, { sources, rules })).outcome).toMatchObject({ clientId: 'user:bob' });
    const unprefixed = [session({ secrets: [SESSION_SECRET] }), guests];
    const named = { claims: { sub: 'guest:7' } };
    expect((await explain(named, {}, { sources: unprefixed, rules })).outcome).toMatchObject({
      reason: 'unfit-client-id',
    });
  });

  it('lists the problems of a config that cannot be used', async () => {
    const { outcome, rules } = await explain(BOB, {}, { rules: [] });
    expect(rules).toEqual([]);
    expect(outcome).toMatchObject({ kind: 'misconfigured', problems: [{ setting: 'rules' }] });
  });

  it('takes a definition, and builds it with the environment that it is given', async () => {
    const definition = {
      build: (env: { readonly ROOM?: string }) =>
        configOf({ rules: [{ name: 'x', grant: { [env.ROOM ?? '']: ['publish'] } }] }),
    };
    const { outcome } = await explainPolicy(definition, BOB, { env: { ROOM: 'lobby' } });
    expect(outcome).toMatchObject({ capability: '{"lobby":["publish"]}' });
  });

  it('marks what keyCapability cuts', async () => {
    const { rules, outcome } = await explain(BOB, {}, { keyCapability: { 'room:7:*': ['publish'] } });
    expect(rules[1]?.grants[0]).toMatchObject({ grant: 'room:{rooms}:*', cutByKey: ['publish', 'subscribe'] });
    expect(outcome).toMatchObject({ capability: '{"room:7:*":["publish"]}' });
  });

  it.each<[string, string, boolean, readonly string[], RegExp | undefined]>([
    ['publish', 'room:7:chat', true, ['members'], undefined],
    ['publish', 'room:9:chat', false, [], undefined],
    ['history', 'room:7:chat', false, [], undefined],
    ['publish', 'room:7', false, [], /Ably may read a trailing \* as zero segments/],
    ['publish', 'room', false, [], undefined],
    ['publish', ':x', false, [], /No channel can have this name/],
  ])('answers whether they may %s on %s', async (operation, channel, allowed, rules, note) => {
    const { answer } = await explain(BOB, { question: { operation: operation as 'publish', channel } });
    expect(answer).toMatchObject({ operation, channel, allowed });
    expect(answer?.grantedBy.map(({ rule }) => rule)).toEqual(rules);
    if (note) expect(answer?.notes.join()).toMatch(note);
    else expect(answer?.notes).toEqual([]);
  });

  it('says why a granted right is not there: the key, the wish, or no credential at all', async () => {
    const question = { operation: 'publish', channel: 'room:7:chat' } as const;
    const notes = async (options: ExplainOptions, more?: Partial<AuthConfig>, caller: object = BOB) => {
      const { answer } = await explain(caller, { question, ...options }, more);
      expect(answer).toMatchObject({ allowed: false, grantedBy: [{ rule: 'members', grant: 'room:{rooms}:*' }] });
      return answer?.notes;
    };
    expect(await notes({}, { keyCapability: { '*': ['subscribe'] } })).toEqual(['keyCapability does not have it.']);
    expect(await notes({ wishes: { requestedCapability: capabilityOf({ 'room:8:*': ['publish'] }) } })).toEqual([
      'The client did not ask for it.',
    ]);
    expect(await notes({}, {}, { ...BOB, expiresAtMs: NOW_MS })).toEqual(['No credential is issued at all.']);
  });
});

describe('describeExplanation', () => {
  it('tells it on a few lines', async () => {
    const question = { operation: 'publish', channel: 'room:7' } as const;
    const text = describeExplanation(await explain(BOB, { question }));
    expect(text.replace(/\d+ bytes/, '… bytes').split('\n')).toEqual([
      'caller  user "bob", from source session',
      'rule    no   visitors: kind',
      'rule    yes  members; decides ttl',
      '          room:{rooms}:* = room:7:*, room:8:*: publish, subscribe',
      '          left out x:{evil}: {evil} is unfit',
      'rule    no   partners: source',
      'rule    no   admins: claim org.role',
      'rule    no   asked: function',
      'gets    token-request, 900 s, clientId "bob", … bytes',
      '        {"room:7:*":["publish","subscribe"],"room:8:*":["publish","subscribe"]}',
      'no      publish on room:7: no grant has it',
      '        Ably may read a trailing * as zero segments too, and allow it; grant the channel itself to be sure.',
    ]);
  });

  it('tells a refusal, a config that is wrong, and shortens a long list', async () => {
    expect(describeExplanation(await explain({ kind: 'guest', subject: 'g' }))).toMatch(
      /refused 403 no-rule: No rule grants/,
    );
    expect(describeExplanation(await explain(BOB, {}, { rules: [] }))).toMatch(/wrong {3}rules: there are none/);
    const rooms = Array.from({ length: 20 }, (_, index) => `r${index}`);
    const text = describeExplanation(await explain({ claims: { ...BOB.claims, rooms } }));
    expect(text).toMatch(/room:r0:\*, room:r1:\*, room:r2:\*, room:r3:\*, room:r4:\* and 15 more: publish/);
  });
});

describe('explainPolicy of the formats that are not signed at once', () => {
  const outcomeOf = async (more: Partial<AuthConfig>) => (await explain(BOB, {}, more)).outcome;

  it('asks nobody for an Ably token, and says how large the answer can become', async () => {
    const outcome = await outcomeOf({ tokenFormat: 'ably-token' });
    expect(outcome).toMatchObject({ kind: 'issued', format: 'ably-token', clientId: 'bob' });
    expect(outcome.kind === 'issued' && outcome.bytes).toBeGreaterThan(343);
  });

  it('says what auto became and why, and each claim of a JWT or why it has none', async () => {
    const jwt = { channelClaims: { '*': 'room {sub}', lobby: '{team}' } };
    const explanation = await explain(BOB, {}, { tokenFormat: 'auto', jwt });
    expect(explanation.outcome).toMatchObject({
      ...{ format: 'jwt', auto: 'fits', claims: { 'ably.channel.*': 'room bob' } },
    });
    const text = describeExplanation(explanation);
    expect(text).toContain('gets    jwt (auto: a JWT has room), 900 s');
    expect(text).toContain('        ably.channel.*: "room bob"');
    const rules = RULES.map((rule) => (rule.name === 'members' ? { ...rule, jwt } : rule));
    const { rules: explained } = await explain(BOB, {}, { tokenFormat: 'auto', rules });
    expect(explained[1]).toMatchObject({ decides: ['ttl', 'jwt'] });
    expect(explained[1]?.leftOut.map(({ grant }) => grant)).toContain('jwt.channelClaims["lobby"]');
  });

  it('is misconfigured where the endpoint is', async () => {
    expect(await outcomeOf({ jwt: { jti: true } })).toMatchObject({ kind: 'misconfigured' });
    expect(await outcomeOf({ tokenFormat: 'embedded-jwt' })).toMatchObject({
      ...{ kind: 'misconfigured', problems: [{ setting: 'ABLY_AUTH_EMBEDDED_SECRET' }] },
    });
  });
});
