import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConfigProblem } from '../../../core/config-problem.ts';
import { AuthFailure } from '../../../core/errors.ts';
import type { Identity } from '../../../core/identity/identity.ts';
import { compileExtras } from '../../../core/policy/compile-extras.ts';
import { fillExtras } from '../../../core/policy/fill-extras.ts';
import type { JwtExtras } from '../../../core/policy/jwt-extras.ts';

const CLAIMS = { sub: 'bob', role: 'host', teams: ['red', 'blue'], level: 7, none: '', list: ['a'], star: '*' };

function identityOf(claims: Identity['claims'] = CLAIMS, kind: Identity['kind'] = 'user'): Identity {
  return { source: 'session', subject: kind === 'anonymous' ? '' : 'bob', kind, claims };
}

function filled(wanted: JwtExtras | readonly JwtExtras[], identity = identityOf()) {
  const problems: ConfigProblem[] = [];
  const list = [wanted].flat().map((extras, index) => ({
    rule: `rule ${index}`,
    extras: compileExtras(extras, 'jwt', problems),
  }));
  expect(problems).toEqual([]);
  const { extras, leftOut } = fillExtras(list, identity);
  return { claims: Object.fromEntries(extras), leftOut: leftOut.map(({ grant, why }) => `${grant}: ${why}`) };
}

function problemsOf(wanted: unknown): readonly string[] {
  const problems: ConfigProblem[] = [];
  compileExtras(wanted as JwtExtras, 'jwt', problems);
  return problems.map(({ setting, problem }) => `${setting}: ${problem}`);
}

describe('what a JWT says beside the rights', () => {
  it('goes under the names that Ably gives it', () => {
    const { claims, leftOut } = filled({
      channelClaims: { 'room:*': '{role}', '*': 'guest' },
      roomClaims: { lobby: 'seat {level}' },
      publishRates: { 'room:*': 0.1 },
      revocationKey: 'group-{role}',
      clientType: 'server',
      claims: { plan: '{role}', beta: true, seats: 4 },
    });
    expect(claims).toEqual({
      'ably.channel.room:*': 'host',
      'ably.channel.*': 'guest',
      'ably.room.lobby': 'seat 7',
      'ably.limits.publish.perAttachment.maxRate.room:*': 0.1,
      'x-ably-revocation-key': 'group-host',
      'x-ably-clientType': 'server',
      plan: 'host',
      beta: true,
      seats: 4,
    });
    expect(leftOut).toEqual([]);
  });

  it('has a channel for each element of a list, and each value as text', () => {
    expect(filled({ channelClaims: { 'team:{teams}:*': '{role}' } }).claims).toEqual({
      'ably.channel.team:red:*': 'host',
      'ably.channel.team:blue:*': 'host',
    });
  });

  it('writes an object as JSON in which no value is more than a value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (role) => {
        const wanted = { channelClaims: { '*': { role: '{role}', level: 3, paid: true } } };
        const { claims } = filled(wanted, identityOf({ role }));
        const text = claims['ably.channel.*'];
        if (text !== undefined) expect(JSON.parse(String(text))).toEqual({ role, level: 3, paid: true });
      }),
    );
  });

  it('leaves out, and reports, what is missing or unfit, and never lets it widen a channel', () => {
    const { claims, leftOut } = filled({
      channelClaims: { 'room:{star}': 'x', 'room:{absent}': 'x', a: '{absent}', b: '{list}', c: { role: '{none}' } },
      claims: { plan: '{absent}', both: '{role}:{star}' },
    });
    expect(claims).toEqual({});
    expect(leftOut).toEqual([
      'jwt.channelClaims["room:{star}"]: unfit',
      'jwt.channelClaims["room:{absent}"]: missing',
      'jwt.channelClaims["a"]: unfit',
      'jwt.channelClaims["b"]: unfit',
      'jwt.channelClaims["c"]: unfit',
      'jwt.claims["plan"]: unfit',
      'jwt.claims["both"]: unfit',
    ]);
  });

  it('is decided claim by claim by the first that names it, also where that one cannot be filled', () => {
    const first: JwtExtras = { channelClaims: { a: 'first', b: '{absent}' }, publishRates: { a: 1 } };
    const second: JwtExtras = { channelClaims: { a: 'second', b: 'second', c: 'second' }, publishRates: { a: 2 } };
    expect(filled([first, second]).claims).toEqual({
      'ably.channel.a': 'first',
      'ably.channel.c': 'second',
      'ably.limits.publish.perAttachment.maxRate.a': 1,
    });
  });

  it('has another id in each JWT, where one is asked for', () => {
    const ids = Array.from({ length: 100 }, () => String(filled({ jti: true }).claims.jti));
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(filled({}).claims).toEqual({});
  });

  it('refuses whoever has no revocation key, and gives strangers none', () => {
    for (const claims of [{}, { team: '' }, { team: ['a'] }, { team: 'a\nb' }, { team: 'x'.repeat(300) }]) {
      expect(() => filled({ revocationKey: '{team}' }, identityOf(claims))).toThrow(AuthFailure);
    }
    expect(filled({ revocationKey: '{team}' }, identityOf({}, 'anonymous')).claims).toEqual({});
    expect(filled({ revocationKey: 'strangers' }, identityOf({}, 'anonymous')).claims).toEqual({
      'x-ably-revocation-key': 'strangers',
    });
  });

  it('reads own properties of the claims only', () => {
    expect(filled({ claims: { a: '{constructor}', b: '{__proto__}' } }).claims).toEqual({});
  });
});

describe('what a config says of it', () => {
  it.each<[string, unknown, readonly string[]]>([
    ['no object', 'x', ['jwt: it is a text']],
    ['an unknown part', { rates: {} }, ['jwt.rates: it is not known here']],
    [
      'a wildcard inside',
      { channelClaims: { 'a:*:b': 'x' } },
      ['jwt.channelClaims["a:*:b"]: the channel has a wildcard before its end'],
    ],
    [
      'a qualifier',
      { channelClaims: { '[meta]log': 'x' } },
      ['jwt.channelClaims["[meta]log"]: the channel has a qualifier'],
    ],
    ['no channel', { roomClaims: { '': 'x' } }, [expect.stringMatching(/^jwt\.roomClaims\[""\]: the channel /)]],
    ['JSON as text', { channelClaims: { a: '{"role":"x"}' } }, [expect.stringMatching(/is not a claim/)]],
    [
      'a rate for a caller’s channel',
      { publishRates: { 'a:{sub}': 1 } },
      ['jwt.publishRates["a:{sub}"]: the channel has a placeholder'],
    ],
    ['a rate that is none', { publishRates: { a: Number.NaN } }, ['jwt.publishRates["a"]: it is no number above 0']],
    [
      'a rate without end',
      { publishRates: { a: Number.POSITIVE_INFINITY } },
      ['jwt.publishRates["a"]: it is no number above 0'],
    ],
    ['a brace that does not match', { revocationKey: '{team' }, [expect.stringMatching(/brace/)]],
    [
      'a claim of Ably’s',
      { claims: { 'x-ably-clientId': 'x' } },
      ['jwt.claims["x-ably-clientId"]: the name is reserved'],
    ],
    ['a registered claim', { claims: { sub: 'x' } }, ['jwt.claims["sub"]: the name is reserved']],
    ['one in capitals', { claims: { IAT: 1 } }, ['jwt.claims["IAT"]: the name is reserved']],
    ['Ably’s in capitals', { claims: { 'Ably.room.x': 'y' } }, ['jwt.claims["Ably.room.x"]: the name is reserved']],
    ['two at once', { jti: 1, clientType: 'x' }, ['jwt.clientType: "x" is not known', 'jwt.jti: it is a number']],
  ])('is a problem with its path: %s', (_, wanted, expected) => {
    expect(problemsOf(wanted)).toEqual(expected);
  });
});
