/** What the measures share: where artefacts go, each made once, and how much patience there is. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Artefact, bundle } from './bundle.ts';

export interface Workshop {
  /** A quick run takes a fraction of the rounds: to see that it works, not to believe the figures. */
  readonly quick: boolean;
  /** @param entry a source file, relative to the project */
  make(entry: string): Promise<Artefact>;
  close(): Promise<void>;
}

export async function openWorkshop(quick: boolean): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'ably-auth-bench-'));
  const made = new Map<string, Promise<Artefact>>();
  return {
    quick,
    make(entry) {
      const artefact = made.get(entry) ?? bundle(entry, folder);
      made.set(entry, artefact);
      return artefact;
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
