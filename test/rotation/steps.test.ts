/** The four steps and the scheduled run: each repeated, cut off at every call, side by side, and never too early. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLabel } from '../../core/rotation/key-label.ts';
import { RETIRE_AFTER_MS } from '../../core/rotation/retire-bound.ts';
import { createStep, finishStep, retireStep, setStep } from '../../core/rotation/rotate-secret.ts';
import { Cut, cutting } from './cutting.ts';
import { FIRST, FOREIGN, type RotationStage, SECRET_ID, STEPS, startRotationStage } from './stage.ts';

let stage: RotationStage;
beforeEach(async () => {
  stage = await startRotationStage();
});
afterEach(() => stage.close());

const PORTS = ['control', 'secret', 'probe'] as const;

/** What must hold at any moment: whatever signs, Ably accepts it. */
async function expectServing(): Promise<void> {
  await expect(stage.parts.probe.accepts(await stage.parts.secret.currentKey())).resolves.toBeUndefined();
}

async function expectRotated(version: string): Promise<void> {
  const current = await stage.current();
  expect([current === FIRST.name, await stage.previous()]).toEqual([false, FIRST.name]);
  expect((await stage.parts.secret.keyOf(version))?.name).toBe(current);
  // One was made, like the one before it; nobody else's was touched.
  expect(stage.control.keys().map(({ id }) => id)).toEqual(['first', 'foreign', current.slice('rotapp.'.length)]);
  const { name, capability, revocableTokens } = stage.key(current) ?? {};
  expect({ capability, revocableTokens }).toEqual({
    capability: stage.key(FIRST.name)?.capability,
    revocableTokens: true,
  });
  expect(readLabel(name ?? '')).toMatchObject({ base: 'auth endpoint', made: {} });
  expect(stage.key(FOREIGN.name)?.name).toBe(FOREIGN.label);
}

describe('a rotation', () => {
  it('makes a key like the old one, stores it, has Ably accept it, and makes it current', async () => {
    const version = await stage.rotate();
    await expectRotated(version);
    await expectServing();
    expect(readLabel(stage.key(FIRST.name)?.name ?? '').retireAfterMs).toBe(
      Math.ceil((stage.clock.nowMs + RETIRE_AFTER_MS) / 1000) * 1000,
    );
  });

  it('keeps the form of the secret, and its other fields', async () => {
    await stage.rotate();
    const { SecretString } = stage.aws.getSecretValue(SECRET_ID);
    const name = await stage.current();
    expect(JSON.parse(String(SecretString))).toEqual({ ABLY_API_KEY: stage.key(name)?.key, note: 'kept' });
  });

  it('comes to the same when every step is repeated', async () => {
    const version = stage.announce();
    for (const step of STEPS) for (let times = 0; times < 3; times += 1) await step(stage.parts, version);
    await expectRotated(version);
    for (const step of STEPS) await step(stage.parts, version);
    await expectRotated(version);
  });

  it('comes to the same when each step runs twice at the same time', async () => {
    for (let times = 0; times < 10; times += 1) {
      const version = stage.announce();
      for (const step of STEPS) {
        const both = await Promise.allSettled([step(stage.parts, version), step(stage.parts, version)]);
        // One of two may be refused by the store, and is then repeated.
        expect(both.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
        await step(stage.parts, version);
      }
      await expectRotated(version);
      await stage.close();
      stage = await startRotationStage();
    }
  });

  it('is taken up wherever it was cut off, and something that Ably accepts signs all the while', async () => {
    const counting = cutting(stage.parts, 0, 'before', PORTS);
    await stage.rotate(counting.parts);
    const total = counting.calls();
    expect(total).toBeGreaterThan(12);
    for (let at = 1; at <= total; at += 1) {
      for (const when of ['before', 'after'] as const) {
        await stage.close();
        stage = await startRotationStage();
        const { parts } = cutting(stage.parts, at, when, PORTS);
        const version = stage.announce();
        let cuts = 0;
        for (const step of STEPS) {
          const run = (): Promise<void> => step(parts, version);
          await run().catch(async (error: unknown) => {
            expect(error).toBeInstanceOf(Cut);
            cuts += 1;
            await expectServing();
            await run();
          });
          await expectServing();
        }
        expect(cuts).toBe(1);
        await expectRotated(version);
        // The date may have been lost with the cut: then the scheduled run writes it.
        await retireStep(stage.parts);
        expect(readLabel(stage.key(FIRST.name)?.name ?? '').retireAfterMs).toBeGreaterThan(stage.clock.nowMs);
      }
    }
  }, 120_000);

  it('is refused while the key before may still be in use, and is not afterwards', async () => {
    await stage.rotate();
    const second = await stage.current();
    stage.clock.nowMs += RETIRE_AFTER_MS - 60_000;
    await expect(stage.rotate()).rejects.toMatchObject({ problem: 'too-early' });
    expect(await stage.current()).toBe(second);
    expect(stage.control.keys()).toHaveLength(3);
    stage.clock.nowMs += 61_000;
    await stage.rotate();
    expect(await stage.previous()).toBe(second);
  });

  it('that another one has overtaken does not take its place back', async () => {
    const overtaken = stage.announce();
    await createStep(stage.parts, overtaken);
    const version = stage.announce();
    for (const step of STEPS) await step(stage.parts, version);
    await expect(finishStep(stage.parts, overtaken)).rejects.toMatchObject({ problem: 'refused' });
    expect((await stage.parts.secret.keyOf(version))?.name).toBe(await stage.current());
  });

  it('does not go live with a key that Ably does not accept', async () => {
    const version = stage.announce();
    await setStep(stage.parts, version);
    stage.service.revokeKey((await stage.parts.secret.keyOf(version))?.name ?? '');
    await expect(STEPS[2](stage.parts, version)).rejects.toMatchObject({ problem: 'refused' });
    expect(await stage.current()).toBe(FIRST.name);
  });

  it('is refused for a key of which the Control API knows nothing', async () => {
    await stage.close();
    stage = await startRotationStage('rotapp.unknown:obviously-fake');
    await expect(stage.rotate()).rejects.toMatchObject({ problem: 'unusable' });
  });
});

describe('the scheduled run', () => {
  it('does nothing where nothing was rotated', async () => {
    expect(await retireStep(stage.parts)).toEqual([]);
    expect(stage.control.calls.filter((call) => !call.startsWith('GET'))).toEqual([]);
  });

  it('refuses to revoke the key before until nobody can depend on it', async () => {
    await stage.rotate();
    for (const laterMs of [0, RETIRE_AFTER_MS / 2, RETIRE_AFTER_MS / 2 - 1_000]) {
      stage.clock.nowMs += laterMs;
      expect(await retireStep(stage.parts)).toMatchObject([{ keyName: FIRST.name, did: 'waiting' }]);
      expect(stage.key(FIRST.name)).toBeDefined();
    }
    stage.clock.nowMs += 2_000;
    expect(await retireStep(stage.parts)).toMatchObject([{ keyName: FIRST.name, did: 'revoked' }]);
    expect(await retireStep(stage.parts)).toEqual([]);
    expect([stage.key(FIRST.name), stage.key(FOREIGN.name)?.status]).toEqual([undefined, 0]);
    await expectServing();
  });

  it.each(['InProgress', 'Failed'] as const)(
    'revokes nothing while a replica in another region is %s',
    async (Status) => {
      await stage.rotate();
      stage.pastTheBound();
      stage.aws.replicas = [
        { Region: 'us-east-1', Status: 'InSync' },
        { Region: 'ap-south-1', Status },
      ];
      await expect(retireStep(stage.parts)).rejects.toMatchObject({
        problem: 'too-early',
        message: expect.stringMatching(/: ap-south-1\.$/),
      });
      expect(stage.key(FIRST.name)).toBeDefined();
      stage.aws.replicas = [{ Region: 'us-east-1', Status: 'InSync' }];
      expect(await retireStep(stage.parts)).toMatchObject([{ keyName: FIRST.name, did: 'revoked' }]);
    },
  );

  it('counts anew when the secret was changed by hand, there and back', async () => {
    const version = await stage.rotate();
    stage.clock.nowMs += RETIRE_AFTER_MS - 60_000;
    const { secret } = stage.parts;
    const first = [...(await secret.describe()).stages].find(([, labels]) => labels.includes('AWSPREVIOUS'))?.[0] ?? '';
    await secret.makeCurrent(first, version);
    await secret.makeCurrent(version, first);
    stage.clock.nowMs += 120_000;
    expect(await retireStep(stage.parts)).toMatchObject([{ keyName: FIRST.name, did: 'waiting' }]);
    stage.pastTheBound();
    expect(await retireStep(stage.parts)).toMatchObject([{ keyName: FIRST.name, did: 'revoked' }]);
  });

  it('leaves a key alone that came back into service, also when its date has passed', async () => {
    const version = await stage.rotate();
    const second = await stage.current();
    const { secret } = stage.parts;
    const first = [...(await secret.describe()).stages].find(([, labels]) => labels.includes('AWSPREVIOUS'))?.[0] ?? '';
    await secret.makeCurrent(first, version);
    stage.pastTheBound();
    const retired = await retireStep(stage.parts);
    expect(retired).toContainEqual({ keyName: FIRST.name, did: 'back' });
    expect(retired.filter(({ did }) => did === 'revoked')).toEqual([]);
    expect(readLabel(stage.key(FIRST.name)?.name ?? '').retireAfterMs).toBeUndefined();
    // AWSPENDING is still on it, so that it counts as being in service.
    expect(stage.key(second)).toBeDefined();
  });

  it('leaves the key of a cancelled rotation alone while it is pending, and retires it when it is not', async () => {
    const cancelled = stage.announce();
    await setStep(stage.parts, cancelled);
    const keyName = (await stage.parts.secret.keyOf(cancelled))?.name ?? '';
    stage.pastTheBound();
    expect(await retireStep(stage.parts)).toEqual([]);
    // AWSPENDING is taken away from it.
    stage.announce();
    expect(await retireStep(stage.parts)).toMatchObject([{ keyName, did: 'dated' }]);
    stage.pastTheBound();
    expect(await retireStep(stage.parts)).toMatchObject([{ keyName, did: 'revoked' }]);
    expect([stage.key(keyName), await stage.current()]).toEqual([undefined, FIRST.name]);
    await expectServing();
  });

  it('finds a key again that no label of the secret leads to any more', async () => {
    await stage.rotate();
    const { key = '' } = stage.key(await stage.current()) ?? {};
    stage.aws.putSecret(SECRET_ID, key);
    stage.aws.putSecret(SECRET_ID, key);
    expect(await stage.previous()).not.toBe(FIRST.name);
    stage.pastTheBound();
    expect(await retireStep(stage.parts)).toMatchObject([{ keyName: FIRST.name, did: 'revoked' }]);
  });
});
