/** The driver's call against a local Ably service: what it sends, what it makes of the answer, and what it never says. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createAblyApi } from '../../adapters/ably/ably-api.ts';
import type { AblyApi } from '../../core/ably.ts';
import { ApiKey } from '../../core/keys/api-key.ts';
import { type AblyService, startAblyService } from '../../dev/ably-service/ably-service.ts';

const SECRET = 'obviously-a-fake-secret';
const KEYS = [
  { name: 'app.revocable', secret: SECRET, revocableTokens: true },
  { name: 'app.plain', secret: SECRET },
];

let service: AblyService;
let ably: AblyApi;
beforeAll(async () => {
  service = await startAblyService({ keys: KEYS });
  ably = createAblyApi({ ABLY_ENDPOINT: service.host, ABLY_PORT: String(service.port), ABLY_TLS: 'false' });
});
afterAll(() => service.close());

const key = (keyId: string, secret = SECRET): ApiKey => new ApiKey('app', keyId, secret);

/** What the call rejects with; fails when it does not. */
async function failureOf(call: Promise<unknown>): Promise<Error> {
  return call.then(
    () => {
      throw new Error('It was done');
    },
    (error: Error) => error,
  );
}

describe('revokeTokens', () => {
  it('answers for each target in order, whatever characters its value has', async () => {
    const before = Date.now();
    const targets = ['clientId:bob', 'channel:room:*', 'clientId:a:b|c é', 'revocationKey:team'];
    const answers = await ably.revokeTokens(key('revocable'), targets, {});
    const done = { ok: true, issuedBeforeMs: expect.any(Number), appliesAtMs: expect.any(Number) };
    expect(answers).toEqual([done, { ok: false, code: 40121, statusCode: 401 }, done, done]);
    const [first] = answers;
    expect(first?.ok && first.issuedBeforeMs).toBeGreaterThanOrEqual(before);
  });

  it('passes on since when, and the margin', async () => {
    const issuedBeforeMs = Date.now() - 60_000;
    const options = { issuedBeforeMs, allowReauthMargin: true };
    const [answer] = await ably.revokeTokens(key('revocable'), ['clientId:bob'], options);
    expect(answer).toMatchObject({ ok: true, issuedBeforeMs });
    expect(answer?.ok && answer.appliesAtMs).toBeGreaterThan(Date.now() + 20_000);
  });

  it.each([
    ['a key without revocable tokens', key('plain'), 40163],
    ['a key that Ably does not know', key('gone'), 40400],
    ['a wrong secret', key('revocable', 'another-secret'), 40101],
  ])('is refused for %s, with Ably’s code and no secret', async (_, apiKey, code) => {
    const error = await failureOf(ably.revokeTokens(apiKey, ['clientId:bob'], {}));
    expect(error).toMatchObject({ name: 'AblyApiError', failure: 'refused', code, statusCode: 401 });
    expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toMatch(/fake-secret|another-secret|bob/);
  });

  it('is unreachable when nobody answers, or something that is not Ably', async () => {
    const stranger = createServer((_, response) => response.end('{"hello":"world"}')).listen(0, '127.0.0.1');
    await new Promise((resolve) => stranger.once('listening', resolve));
    onTestFinished(() => void stranger.close());
    const { port } = stranger.address() as AddressInfo;
    for (const ABLY_PORT of [String(port), '1']) {
      const away = createAblyApi({ ABLY_ENDPOINT: '127.0.0.1', ABLY_PORT, ABLY_TLS: 'false' });
      const error = await failureOf(away.revokeTokens(key('revocable'), ['clientId:bob'], {}));
      expect(error).toMatchObject({ name: 'AblyApiError', failure: 'unreachable' });
      expect(String(error.stack)).not.toContain(SECRET);
    }
  });
});
