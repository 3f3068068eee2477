/** A rotation through a platform's settings, cut off at every call; what the platform's own command does: test/cli/rotate. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownerTag, readLabel } from '../../core/rotation/key-label.ts';
import { RETIRE_AFTER_MS } from '../../core/rotation/retire-bound.ts';
import {
  beginRotation,
  finishRotation,
  nextKeyName,
  retireSettings,
  type SettingsRotation,
} from '../../core/rotation/rotate-settings.ts';
import { Cut, cutting } from './cutting.ts';
import { FIRST, FOREIGN, type RotationStage, startRotationStage } from './stage.ts';

let stage: RotationStage;
let written: Map<string, string>;
let parts: SettingsRotation;

async function setUp(): Promise<void> {
  stage = await startRotationStage();
  written = new Map([['ABLY_API_KEY', `${FIRST.name}:${FIRST.secret}`]]);
  const { control, probe, nowMs } = stage.parts;
  const settings = { write: async (setting: string, value: string) => void written.set(setting, value) };
  parts = { control, probe, nowMs, settings, appId: 'rotapp', owner: ownerTag('vercel prj_fake') };
}
beforeEach(setUp);
afterEach(() => stage.close());

const FROM_FIRST = { servingId: 'first' };
const nameOf = (setting: string): string | undefined => written.get(setting)?.split(':')[0];
const labelOf = (name: string) => readLabel(stage.key(name)?.name ?? '');

describe('a rotation through settings', () => {
  it('writes the next key and the old one, waits for the deployment, and dates the old one', async () => {
    const { serving, next } = await beginRotation(parts, FROM_FIRST);
    expect([serving, nameOf('ABLY_API_KEY_PREVIOUS'), nameOf('ABLY_API_KEY')]).toEqual([FIRST.name, FIRST.name, next]);
    expect(labelOf(FIRST.name).retireAfterMs).toBeUndefined();
    expect(await retireSettings(parts)).toEqual([]);

    const retireAfterMs = await finishRotation(parts);
    expect(retireAfterMs).toBe(stage.clock.nowMs + RETIRE_AFTER_MS);
    expect([labelOf(next).made?.isServing, await nextKeyName(parts)]).toEqual([true, undefined]);
    expect(await retireSettings(parts)).toMatchObject([{ keyName: FIRST.name, did: 'waiting' }]);
    await expect(beginRotation(parts)).rejects.toMatchObject({ problem: 'too-early' });

    stage.pastTheBound();
    expect(await retireSettings(parts)).toMatchObject([{ keyName: FIRST.name, did: 'revoked' }]);
    expect(await beginRotation(parts)).toMatchObject({ serving: next });
    expect(stage.key(FOREIGN.name)?.name).toBe(FOREIGN.label);
  });

  it('is taken up wherever it was cut off, and what is in the settings is always accepted', async () => {
    const run = async (through: SettingsRotation): Promise<void> => {
      if ((await nextKeyName(through)) === undefined) await beginRotation(through, FROM_FIRST);
      else await beginRotation(through);
      await finishRotation(through);
    };
    const counting = cutting(parts, 0, 'before', ['control', 'settings', 'probe']);
    await run(counting.parts);
    const total = counting.calls();
    expect(total).toBeGreaterThan(8);
    for (let at = 1; at <= total; at += 1) {
      for (const when of ['before', 'after'] as const) {
        await stage.close();
        await setUp();
        const { parts: through } = cutting(parts, at, when, ['control', 'settings', 'probe']);
        const accepted = (): void =>
          expect(stage.control.keys().map(({ key }) => key)).toContain(written.get('ABLY_API_KEY'));
        await expect(run(through)).rejects.toBeInstanceOf(Cut);
        accepted();
        // Whoever calls again finds out how far it came; after the last call nothing is left to do.
        const isFinished = stage.control.keys().some(({ name }) => readLabel(name).retireAfterMs !== undefined);
        if (isFinished) await finishRotation(through);
        else await run(through);
        accepted();
        expect(stage.control.keys()).toHaveLength(3);
        const next = nameOf('ABLY_API_KEY') ?? '';
        expect([labelOf(next).made?.isServing, labelOf(FIRST.name).retireAfterMs !== undefined]).toEqual([true, true]);
      }
    }
  });

  it('leaves alone what another project in the same app rotates', async () => {
    await beginRotation(parts, FROM_FIRST);
    await finishRotation(parts);
    const other = { ...parts, owner: ownerTag('netlify fake-site') };
    await beginRotation(other, { servingId: 'foreign' });
    await finishRotation(other);
    stage.pastTheBound();
    expect(await retireSettings(other)).toMatchObject([{ keyName: FOREIGN.name, did: 'revoked' }]);
    expect(stage.key(FIRST.name)).toBeDefined();
    await expect(beginRotation(other, { servingId: 'first' })).resolves.not.toMatchObject({ serving: FIRST.name });
  });

  it('asks which key serves before the first rotation, and takes none of another rotation', async () => {
    await expect(beginRotation(parts)).rejects.toMatchObject({ problem: 'refused' });
    await expect(beginRotation(parts, { servingId: 'unknown' })).rejects.toMatchObject({ problem: 'refused' });
    await beginRotation(parts, FROM_FIRST);
    const other = { ...parts, owner: ownerTag('netlify fake-site') };
    await expect(beginRotation(other, FROM_FIRST)).rejects.toMatchObject({ problem: 'refused' });
  });

  it('on the day a key leaks waits for nothing, but never revokes what may still serve', async () => {
    await beginRotation(parts, FROM_FIRST);
    await expect(retireSettings(parts, FIRST.name)).rejects.toMatchObject({ problem: 'refused' });
    await finishRotation(parts);
    await expect(retireSettings(parts, FOREIGN.name)).rejects.toMatchObject({ problem: 'refused' });
    expect(await retireSettings(parts, FIRST.name)).toEqual([{ keyName: FIRST.name, did: 'revoked' }]);
    const { next } = await beginRotation(parts, { evenIfEarly: true });
    await finishRotation(parts);
    await beginRotation(parts, { evenIfEarly: true });
    expect(stage.key(next)).toBeDefined();
  });
});
