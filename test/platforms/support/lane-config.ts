/** One config for every lane: run by the project's own vitest, one file at a time, because two cores carry it all. */
import { defineConfig } from 'vitest/config';
import { PROJECT } from './scratch.ts';

export function laneConfig(folder: string) {
  return defineConfig({
    root: PROJECT,
    test: {
      name: folder,
      globalSetup: 'test/once-a-run/run-folder.ts',
      include: [`test/platforms/${folder}/**/*.test.ts`],
      fileParallelism: false,
      testTimeout: 60_000,
      hookTimeout: 120_000,
      expect: { poll: { timeout: 30_000 } },
    },
  });
}
