/** A real `ably` client through each built artefact to the local service, by every way of asking. */
import { randomBytes } from 'node:crypto';
import * as Ably from 'ably';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AblyService, startAblyService } from '../../dev/ably-service/ably-service.ts';
import { createSessionCookies } from '../../index.ts';
import { STAGE_KEY, untilState } from '../stage.ts';
import { BUILDING_TAKES_AT_MOST_MS, type Built, type RunningArtefact, runArtefact, sharedArtefacts } from './built.ts';

const SECRET = randomBytes(32).toString('base64url');
const ENV = {
  ABLY_API_KEY: `${STAGE_KEY.name}:${STAGE_KEY.secret}`,
  ABLY_AUTH_SESSION_SECRET: SECRET,
  ABLY_AUTH_POLICY: JSON.stringify({
    rules: [{ name: 'members', grant: { 'room:*': ['publish', 'subscribe'] }, clientId: '{sub}' }],
  }),
};

let built: Built;
let service: AblyService;
let cookie: string;
const clients: Ably.Realtime[] = [];

beforeAll(async () => {
  [built, service] = await Promise.all([sharedArtefacts(), startAblyService({ keys: [STAGE_KEY] })]);
  const sealed = createSessionCookies({ secrets: [SECRET] }).write(
    { subject: 'ada', lifetimeSeconds: 7_200 },
    Date.now(),
  );
  cookie = sealed.split(';')[0] ?? '';
}, BUILDING_TAKES_AT_MOST_MS);
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(async () => {
  await service.close();
  await built.remove();
});

describe.each(['aws-lambda', 'vercel', 'netlify'] as const)('the built function for %s', (name) => {
  let artefact: RunningArtefact;
  beforeAll(async () => {
    artefact = await runArtefact(built.of(name), ENV);
  });
  afterAll(() => artefact.stop());

  const ways: Record<string, () => Ably.ClientOptions> = {
    'authUrl by GET': () => ({ authUrl: artefact.url, authHeaders: { cookie } }),
    'authUrl by POST': () => ({ authUrl: artefact.url, authMethod: 'POST', authHeaders: { cookie } }),
    authCallback: () => ({
      authCallback: (_params, callback) => {
        fetch(artefact.url, { headers: { cookie } })
          .then(async (response) => callback(null, (await response.json()) as Ably.TokenRequest))
          .catch((error: Error) => callback(error.message, null));
      },
    }),
  };

  for (const [way, options] of Object.entries(ways)) {
    it(`connects a client by ${way}, which publishes and receives`, async () => {
      const client = new Ably.Realtime({ ...service.clientOptions, logLevel: 0, ...options() });
      clients.push(client);
      expect((await untilState(client, 'connected', 'failed', 'disconnected')).state).toBe('connected');
      expect(client.auth.clientId).toBe('ada');

      const channel = client.channels.get('room:7');
      const received = new Promise<Ably.InboundMessage>((resolve) => void channel.subscribe(resolve));
      await channel.attach();
      await channel.publish('greeting', { text: 'hello' });
      expect(await received).toMatchObject({ name: 'greeting', data: { text: 'hello' }, clientId: 'ada' });
    });
  }
});
