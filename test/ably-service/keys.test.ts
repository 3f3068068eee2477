/** Keys that come and go while the service runs, as Ably's Control API makes and revokes them. */
import { describe, expect, it } from 'vitest';
import {
  API_KEY,
  basic,
  call,
  connect,
  KEY_NAME,
  nextState,
  redeem,
  signer,
  startService,
  tokenRequest,
} from './support.ts';

const OTHER = { name: 'appid.other', secret: 'another-secret' };

describe('the keys of the service', () => {
  it('include one that was added, from then on', async () => {
    const service = await startService();
    const request = () => tokenRequest({ keyName: OTHER.name }, OTHER.secret);
    expect((await redeem(service.url, request())).body.error.code).toBe(40400);
    service.addKey(OTHER);
    expect((await redeem(service.url, request())).status).toBe(201);
    expect(() => service.addKey(OTHER)).toThrow();
  });

  it('end what lives by them when they are revoked, and nothing else', async () => {
    const service = await startService();
    service.addKey(OTHER);
    const client = connect(service, { authCallback: signer(() => ({})).authCallback });
    const other = connect(service, { key: `${OTHER.name}:${OTHER.secret}` });
    await Promise.all([nextState(client, 'connected'), nextState(other, 'connected')]);
    const failed = nextState(client, 'failed');
    service.revokeKey(KEY_NAME);
    expect((await failed).reason).toMatchObject({ code: 40131, statusCode: 401 });
    expect(service.connections().map(({ keyName }) => keyName)).toEqual([OTHER.name]);
    const refused = await call(service.url, '/channels/a/messages', { headers: basic(API_KEY) });
    expect(refused).toMatchObject({ status: 401, body: { error: { code: 40131 } } });
  });
});
