/** docs/rotation.md and the decision behind it, held against the code. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RETIRE_AFTER_MS } from '../../core/rotation/retire-bound.ts';
import { ROOT } from '../house/source-files.ts';

const page = await readFile(join(ROOT, 'docs/rotation.md'), 'utf8');

describe('docs/rotation.md', () => {
  it('says the bound that the code keeps', async () => {
    const minutes = RETIRE_AFTER_MS / 60_000;
    expect(page).toContain(`${Math.floor(minutes / 60)} h ${minutes % 60} min`);
    const decision = await readFile(join(ROOT, 'docs/decisions/0030-when-a-key-is-retired.md'), 'utf8');
    expect([decision.includes('48 hours and two minutes'), minutes]).toEqual([true, 48 * 60 + 2]);
  });

  it('allows the commands that the function sends, and no others', async () => {
    const sdk = await readFile(join(ROOT, 'adapters/key-sources/rotation-sdk.ts'), 'utf8');
    const sent = [...sdk.matchAll(/(\w+)Command,/g)].map(([, name]) => `secretsmanager:${name}`);
    const [, json = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
    const [key, token] = JSON.parse(json) as { Action: string | string[]; Resource: string }[];
    expect([key?.Action, token?.Action]).toEqual([sent.sort(), 'secretsmanager:GetSecretValue']);
    expect(key?.Resource).not.toBe(token?.Resource);
    expect(json).not.toContain('*');
  });

  it('shows the events that the function takes', async () => {
    const handler = await readFile(join(ROOT, 'adapters/aws-lambda/rotation-handler.ts'), 'utf8');
    for (const event of ['{"retire":true}', '{"leaked":"appId.keyId"}']) {
      expect([page.includes(event), handler.includes(event)]).toEqual([true, true]);
    }
  });
});
