import { describe, expect, it } from 'vitest';
import type { ConfigProblem } from '../../core/config-problem.ts';
import { type Environment, readCoreSettings, SETTINGS, sessionSecrets } from '../../core/settings.ts';

function read(env: Environment) {
  const problems: ConfigProblem[] = [];
  const settings = readCoreSettings(Object.freeze(env), problems);
  return { settings, problems: problems.map(({ setting, problem }) => `${setting}: ${problem}`) };
}

describe('readCoreSettings', () => {
  it('leaves out what is unset or empty', () => {
    const empty = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, '']));
    expect(read({})).toEqual({ settings: {}, problems: [] });
    expect(read(empty)).toEqual({ settings: {}, problems: [] });
  });

  it('reads what is set', () => {
    const env = {
      ABLY_AUTH_ALLOWED_ORIGINS: ' https://a.example, https://b.example ,,',
      ...{ ABLY_AUTH_CORS: 'platform', ABLY_AUTH_TOKEN_FORMAT: 'jwt', ABLY_AUTH_TTL: '15m' },
      ABLY_AUTH_SERVER_TIMING: 'true',
    };
    expect(read(env)).toEqual({
      settings: {
        allowedOrigins: ['https://a.example', 'https://b.example'],
        ...{ cors: 'platform', tokenFormat: 'jwt', ttlMs: 900_000, serverTiming: true },
      },
      problems: [],
    });
  });

  it('reports every variable that it cannot read at once, and none of the values', () => {
    const env = {
      ...{ ABLY_AUTH_CORS: 'never-shown', ABLY_AUTH_TOKEN_FORMAT: 'never-shown', ABLY_AUTH_TTL: 'never-shown' },
      ABLY_AUTH_SERVER_TIMING: 'never-shown',
    };
    const { problems } = read(env);
    expect(problems.toSorted()).toEqual([
      'ABLY_AUTH_CORS: it is unknown',
      'ABLY_AUTH_SERVER_TIMING: it is unknown',
      'ABLY_AUTH_TOKEN_FORMAT: it is not a token format',
      'ABLY_AUTH_TTL: it is not a duration',
    ]);
  });

  it.each(['Platform', 'function ', '*'])('does not guess at ABLY_AUTH_CORS=%j', (cors) => {
    expect(read({ ABLY_AUTH_CORS: cors }).problems).toEqual(['ABLY_AUTH_CORS: it is unknown']);
  });
});

describe('sessionSecrets', () => {
  it.each<[string | undefined, readonly string[]]>([
    [undefined, []],
    ['', []],
    [' , ', []],
    ['one', ['one']],
    ['new, old', ['new', 'old']],
  ])('of %j are %j', (text, secrets) => {
    expect(sessionSecrets({ ABLY_AUTH_SESSION_SECRET: text })).toEqual(secrets);
  });
});
