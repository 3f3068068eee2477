/** `node bundle.cjs PROJECT`: what `react-native bundle` does for a release on Android, with the config of its template. */
const { join } = require('node:path');
const { getDefaultConfig, mergeConfig } = require('@react-native/metro-config');
const Metro = require('metro');

async function run(project) {
  const config = mergeConfig(getDefaultConfig(project), {
    // The second is where the packages are that the project has as links.
    watchFolders: [project, join(__dirname, 'node_modules')],
    cacheStores: [],
    maxWorkers: 2,
    reporter: { update() {} },
  });
  await Metro.runBuild(config, {
    entry: 'index.js',
    out: join(project, 'index.bundle.js'),
    platform: 'android',
    dev: false,
    minify: false,
  });
}

run(process.argv[2]).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
