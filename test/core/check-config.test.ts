import { describe, expect, it } from 'vitest';
import shipped from '../../auth.config.ts';
import { checkConfig } from '../../core/check-config.ts';
import { type AuthConfig, anonymous, defineAuth, session, sessionSecrets } from '../../index.ts';

const rules: AuthConfig['rules'] = [
  { name: 'visitors', when: { kind: 'anonymous' }, grant: { notifications: ['subscribe'] } },
];
const settings = (build: Parameters<typeof defineAuth>[0], env = {}): readonly string[] =>
  checkConfig(defineAuth(build), env).problems.map(({ setting }) => setting);

describe('checkConfig', () => {
  it('passes the shipped config with nothing set: no secret is needed to build', () => {
    const { problems, findings } = checkConfig(shipped, {});
    expect(problems).toEqual([]);
    // Its one broad grant is meant, and said all the same.
    expect(findings).toMatchObject([{ severity: 'note', setting: 'rules[1].grant["*"]' }]);
  });

  it('asks for no secret, even where the config always wants one', () => {
    expect(settings((env) => ({ sources: [session({ secrets: sessionSecrets(env) })], rules }))).toEqual([]);
  });

  it('finds what a format would lose, and asks for no secret of the app’s own JWT', () => {
    const sources = [anonymous()];
    expect(settings(() => ({ sources, rules, jwt: { jti: true } }))).toEqual(['jwt']);
    expect(settings(() => ({ sources, rules, jwt: { rates: 1 } as never, tokenFormat: 'jwt' }))).toEqual(['jwt.rates']);
    expect(settings(() => ({ sources, rules, tokenFormat: 'embedded-jwt' }))).toEqual([]);
    // Whether Ably can be called is known where the function runs.
    expect(settings(() => ({ sources, rules }), { ABLY_AUTH_TOKEN_FORMAT: 'ably-token' })).toEqual([]);
  });

  it('misses the outer secret of a format where it is known to be absent, unless the config brings its own', () => {
    const absent = ['ABLY_AUTH_EMBEDDED_SECRET'];
    const found = (config: Partial<AuthConfig>, env = {}): readonly string[] =>
      checkConfig(
        defineAuth(() => ({ sources: [anonymous()], rules, ...config })),
        env,
        absent,
      ).problems.map(({ setting }) => setting);
    const fromEnvironment = { ABLY_AUTH_TOKEN_FORMAT: 'embedded-jwt' };
    expect(found({}, fromEnvironment)).toEqual(absent);
    expect(found({ tokenFormat: 'embedded-jwt', embeddedJwt: { issuer: 'me' } })).toEqual(absent);
    // Wrong, and no reason to throw.
    expect(found({ tokenFormat: 'embedded-jwt', embeddedJwt: null as never })).toEqual(absent);
    expect(found({ tokenFormat: 'jwt' }, fromEnvironment)).toEqual([]);
    // What it comes from is not known here, as `env.MY_OUTER_SECRET` is not while a reference stands for it.
    const embeddedJwt = { secret: undefined } as never;
    expect(found({ tokenFormat: 'embedded-jwt', embeddedJwt })).toEqual([]);
    expect(found({ embeddedJwt: { secret: 'short' } }, fromEnvironment)).toEqual(['embeddedJwt.secret']);
  });

  it('finds what a format would lose beside what else is wrong, with the settings that name another Ably', () => {
    const ably = { ABLY_ENDPOINT: 'https://x.y', ABLY_PORT: '99999', ABLY_TLS: 'no' };
    expect(
      settings(() => ({ sources: [anonymous()], rules, jwt: { jti: true } }), { ...ably, ABLY_AUTH_CORS: 'x' }),
    ).toEqual(['ABLY_ENDPOINT', 'ABLY_PORT', 'ABLY_TLS', 'ABLY_AUTH_CORS', 'jwt']);
  });

  it('finds every mistake in rules and sources at once', () => {
    const build = () => ({
      sources: [anonymous(), session({ secrets: ['short'] })],
      rules: [...rules, ...rules, { name: 'all', grant: { '*': ['publish'] as const } }],
    });
    expect(settings(build)).toEqual(
      ['rules[1].name', 'rules[2].grant["*"]', 'ABLY_AUTH_SESSION_SECRET', 'sources[0]'].sort(
        (a, b) => settings(build).indexOf(a) - settings(build).indexOf(b),
      ),
    );
  });

  it('checks sources that exist only when their secret is set', () => {
    const build: Parameters<typeof defineAuth>[0] = (env) => ({
      sources: env.ABLY_AUTH_SESSION_SECRET ? [anonymous(), session({ secrets: sessionSecrets(env) })] : [anonymous()],
      rules,
    });
    expect(settings(build)).toEqual(['sources[0]']);
  });

  it('reads the settings of whoever builds, which a deployment passes on', () => {
    expect(settings(() => ({ sources: [anonymous()], rules }), { ABLY_AUTH_TTL: '1 fortnight' })).toEqual([
      'ABLY_AUTH_TTL',
    ]);
  });

  it('stops nothing for a config that needs a variable of the deployed function, but says so', () => {
    const build: Parameters<typeof defineAuth>[0] = (env) => {
      if (!env.TENANT) throw new TypeError('no TENANT, hunter2');
      return { sources: [anonymous()], rules };
    };
    const unchecked = expect.stringMatching(
      /^building it threw a TypeError at \S+\/check-config\.test\.ts:\d+:\d+, with the environment of this process$/,
    );
    expect(checkConfig(defineAuth(build), {})).toEqual({ problems: [], findings: [], unchecked });
    expect(checkConfig(defineAuth(build), { TENANT: 'acme' })).toEqual({ problems: [], findings: [] });
  });

  it('stops for a file whose default export is no definition', () => {
    const { problems } = checkConfig({} as never, {});
    expect(problems.map(({ setting }) => setting)).toEqual(['auth.config.ts']);
  });
});
