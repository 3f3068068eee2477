import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** `npm test` runs the project `suite`; the other lanes, test/lanes.json, need something that npm does not install. */
export default defineConfig({
  test: {
    // Long, because nothing is judged by the clock: on a machine with much else to do, everything is late.
    testTimeout: 60_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
    globalSetup: 'test/once-a-run/run-folder.ts',
    // On two cores as well two files at a time: many wait for processes, servers and clocks.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: 'suite',
          include: ['test/**/*.test.ts'],
          exclude: ['test/platforms/**', 'test/browser/**', 'test/stores/lane/**'],
        },
      },
      { extends: true, test: { name: 'browser', include: ['test/browser/**/*.test.ts'], fileParallelism: false } },
      { extends: true, test: { name: 'stores', include: ['test/stores/lane/**/*.test.ts'], fileParallelism: false } },
    ],
  },
});
