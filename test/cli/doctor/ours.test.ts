/** Ours in its other forms: sessions in cookies, guests, and the formats that Ably has a part in. */
import { afterEach, describe, expect, it } from 'vitest';
import { diagnose } from '../../../cli/doctor/diagnose.ts';
import type { Target } from '../../../cli/doctor/visit.ts';
import { type AuthConfig, anonymous, guest } from '../../../index.ts';
import { type Stage, startStage } from '../../stage.ts';
import { ORIGIN, targetOf } from './endpoints.ts';

const SECRET = 'a secret of at least 32 bytes, obviously fake';

let stage: Stage | undefined;
afterEach(() => stage?.close());

/** What is not as it should be, or cannot be looked at. */
async function complaints(
  config: Partial<AuthConfig>,
  more: (stage: Stage) => Partial<Target>,
): Promise<readonly string[]> {
  stage = await startStage({ config: { allowedOrigins: [ORIGIN], ...config } });
  const { results } = await diagnose(targetOf(stage.authUrl, more(stage)));
  return results
    .filter(({ verdict }) => verdict !== 'passes')
    .map(({ check, verdict, seen }) => `${check.id} ${verdict}: ${seen}`);
}

const asBob = ({ cookieOf }: Stage): Partial<Target> => ({ credential: [['Cookie', cookieOf('bob')]] });

describe('the doctor has nothing to complain about, or says what it is', () => {
  it('where a session is in a cookie', async () => {
    expect(await complaints({}, asBob)).toEqual([]);
  });

  it('where every visitor is another guest', async () => {
    const rules: AuthConfig['rules'] = [
      {
        name: 'guests',
        when: { kind: 'guest' },
        grant: { 'guest:{sub}': ['subscribe'], lobby: ['subscribe', 'presence'] },
      },
    ];
    const asNobody = (): Partial<Target> => ({ credential: [], anonymous: 'allowed' });
    expect(await complaints({ sources: [guest({ secrets: [SECRET] })], rules }, asNobody)).toEqual([
      expect.stringMatching(/^bad-credential not checked: the endpoint may not read bearer tokens/),
    ]);
  });

  it('where a caller may ask fifteen times a second', async () => {
    expect(await complaints({ rateLimit: { requests: 15, per: '1s' } }, asBob)).toEqual([]);
  });

  it('where nobody has to sign in', async () => {
    const asNobody = (): Partial<Target> => ({ credential: [], anonymous: 'allowed' });
    expect(await complaints({ sources: [anonymous()] }, asNobody)).toEqual([
      expect.stringMatching(/^bad-credential not checked: /),
    ]);
  });

  it.each(['jwt', 'auto'] as const)('in the format %s', async (tokenFormat) => {
    expect(await complaints({ tokenFormat }, asBob)).toEqual([]);
  });

  it.each([{}, { encrypted: true }])('with a JWT of its own around an Ably JWT: %j', async (options) => {
    const embeddedJwt = { secret: SECRET, ...options };
    expect(await complaints({ tokenFormat: 'embedded-jwt', embeddedJwt }, asBob)).toEqual([]);
  });

  it('with TokenDetails of Ably', async () => {
    expect(await complaints({ tokenFormat: 'ably-token' }, asBob)).toEqual([
      expect.stringMatching(/^ably-flutter warns: on iOS/),
    ]);
  });

  it('with a token that only Ably can look into, as far as that goes', async () => {
    const embeddedJwt = { secret: SECRET, carries: 'ably-token' } as const;
    const found = await complaints({ tokenFormat: 'embedded-jwt', embeddedJwt }, asBob);
    const why = 'not checked: the token cannot be looked into: only Ably knows what it may do';
    expect(found).toEqual(['capability', 'capability-not-widened', 'ttl', 'clock'].map((id) => `${id} ${why}`));
  });
});
