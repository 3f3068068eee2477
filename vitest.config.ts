import { defineConfig } from 'vitest/config';

/** `npm test` runs the project `suite`; the other lanes, test/lanes.json, need something that npm does not install. */
export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 20_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'suite',
          include: ['test/**/*.test.ts'],
          exclude: ['test/platforms/**', 'test/browser/**', 'test/stores/lane/**'],
        },
      },
      { extends: true, test: { name: 'browser', include: ['test/browser/**/*.test.ts'] } },
      { extends: true, test: { name: 'stores', include: ['test/stores/lane/**/*.test.ts'] } },
    ],
  },
});
