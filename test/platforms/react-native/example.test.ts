/**
 * examples/react-native, packed by React Native's own bundler and run with React Native's own components, `fetch` and
 * `WebSocket`, over native halves that are ours: phone.ts says what is real and what is not.
 */
import * as Ably from 'ably';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type LocalServer, type LocalServerOptions, startLocalServer } from '../../examples/local-server.ts';
import { STAGE_KEY } from '../../stage.ts';
import { createScratch, type Scratch } from '../support/scratch.ts';
import { hasReactNative, installExample, type PackedExample } from './packed-example.ts';
import { type Phone, startPhone } from './phone.ts';

/** Asks for a renewal two seconds after each. */
const RENEWS_SOON: LocalServerOptions = { config: { ttl: '60s' }, service: { renewalLeadMs: 58_000 } };

describe.skipIf(!hasReactNative)('the React Native example', () => {
  let scratch: Scratch;
  let example: PackedExample;
  let bundle: string;
  let local: LocalServer;
  let phone: Phone;

  beforeAll(async () => {
    scratch = createScratch('react-native');
    example = await installExample(scratch);
    bundle = await example.pack();
  }, 240_000);
  afterAll(() => scratch?.remove());
  afterEach(async () => {
    phone?.close();
    await local?.close();
  });

  async function start(options?: LocalServerOptions): Promise<void> {
    local = await startLocalServer(options);
    phone = startPhone(bundle, local.url);
  }
  const shows = (testId: string, text: string | RegExp) =>
    expect.poll(() => phone.texts(testId), { timeout: 15_000 }).toContainEqual(expect.stringMatching(text));
  const connections = () => local.service.connections();
  async function type(testId: string, text: string): Promise<void> {
    await expect.poll(() => phone.valueOf(testId)).toBeDefined();
    phone.type(testId, text);
    await expect.poll(() => phone.valueOf(testId)).toBe(text);
  }
  async function signIn(name: string): Promise<void> {
    await type('name', name);
    phone.press('sign-in');
  }
  async function open(channel: string, outcome: string): Promise<void> {
    await type('channel', channel);
    phone.press('open');
    await shows('line', `${channel} is ${outcome}`);
  }

  it('signs in with a bearer token, hears its channel, and reaches the machine as the emulator does', async () => {
    await start();
    await signIn('ada');
    await shows('state', 'connected ada');
    expect(connections().map(({ clientId }) => clientId)).toEqual(['ada']);
    const server = new Ably.Rest({ ...local.service.clientOptions, key: `${STAGE_KEY.name}:${STAGE_KEY.secret}` });
    await expect.poll(() => connections()[0]?.channels).toEqual(['news']);
    await open('news', 'open');
    await server.channels.get('news').publish('headline', { text: 'hello' });
    await server.channels.get('news').publish('headline', { text: 'last' });
    await shows('line', /^news: \{"text":"last"\}$/);
    // Once, and it was opened twice.
    expect(phone.texts('line').filter((line) => line.includes('hello'))).toEqual(['news: {"text":"hello"}']);
    expect(phone.network.seen.filter((url) => !/^(http|ws):\/\/10\.0\.2\.2:/.test(url))).toEqual([]);
    expect(phone.complaints).toEqual([]);
  });

  it('opens one more channel on asking, leaves a closed one closed, and keeps its identity over renewals', async () => {
    await start(RENEWS_SOON);
    await signIn('ada');
    await shows('state', 'connected ada');
    const [before] = connections();
    await open('room:garden', 'open');
    await open('room:boardroom', 'closed to you');
    await expect.poll(() => connections()[0]?.renewalPrompts ?? 0, { timeout: 15_000 }).toBeGreaterThan(1);
    const [after, ...others] = connections();
    expect(after).toMatchObject({ id: before?.id, clientId: 'ada' });
    expect([...(after?.channels ?? [])].sort()).toEqual(['news', 'room:garden']);
    expect(others).toEqual([]);
  });

  it('closes the connection when somebody leaves, and opens another for whoever comes', async () => {
    await start();
    await signIn('ada');
    await shows('state', 'connected ada');
    const [before] = connections();
    phone.press('sign-out');
    await expect.poll(connections).toEqual([]);
    await signIn('bob');
    await shows('state', 'connected bob');
    const [after] = connections();
    expect(after?.clientId).toBe('bob');
    expect(after?.id).not.toBe(before?.id);
  });

  it('takes two taps for one sign-in', async () => {
    await start();
    await type('name', 'ada');
    phone.press('sign-in');
    phone.press('sign-in');
    await shows('state', 'connected ada');
    expect(phone.network.seen.filter((url) => url.endsWith('/demo/provider-login')).length).toBe(1);
  });

  it('says that one is signed out when a renewal finds that, and lets one sign in again', async () => {
    await start(RENEWS_SOON);
    await signIn('ada');
    await shows('state', 'connected ada');
    local.take('signed-out');
    await shows('state', /^signed out /);
    local.take('as-usual');
    phone.press('sign-out');
    await signIn('ada');
    await shows('state', 'connected ada');
  });

  it('says that one is refused for good, and does not ask again when the app comes to the front', async () => {
    await start({
      config: { rules: [{ name: 'staff', when: { claims: { role: 'staff' } }, grant: { news: ['*'] } }] },
    });
    await signIn('ada');
    await shows('state', /^refused /);
    const asked = phone.network.seen.length;
    phone.setAppState('active');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(phone.network.seen.length).toBe(asked);
  });

  it('goes on trying when nothing answers, and at once when the app comes to the front', async () => {
    await start();
    local.take('away');
    await signIn('ada');
    await shows('state', /^trying again /);
    local.take('as-usual');
    const before = Date.now();
    phone.setAppState('background');
    phone.setAppState('active');
    await shows('state', 'connected ada');
    // The SDK alone would wait for twelve to fifteen seconds.
    expect(Date.now() - before).toBeLessThan(10_000);
  });

  it('compiles, by its own tsconfig', async () => {
    expect(await example.compile()).toBe('');
  });

  it('is taken by Hermes', async () => {
    expect(await example.compileForHermes()).toBe('');
  });
});
