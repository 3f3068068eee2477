'use strict';
/**
 * Makes `serverless deploy` and `serverless package` build first, so that what is deployed is what is written. A config
 * with a problem stops the deployment here, with the whole list.
 *
 * A plugin in the project, because `build:` in serverless.yml is known to version 4 only.
 */
const { spawnSync } = require('node:child_process');
const { createRequire } = require('node:module');
const { join } = require('node:path');

class BuildBeforePackage {
  constructor(serverless) {
    const build = () => buildFunction(serverless);
    this.hooks = {
      'before:package:createDeploymentArtifacts': build,
      'before:deploy:function:packageFunction': build,
    };
  }
}

function buildFunction(serverless) {
  const { serviceDir } = serverless;
  const stop = (sentence) => {
    throw new serverless.classes.Error(sentence);
  };
  let tsx;
  try {
    tsx = createRequire(join(serviceDir, 'package.json')).resolve('tsx/cli');
  } catch {
    return stop('The function cannot be built: run "npm ci" first.');
  }
  const handlers = Object.values(serverless.service.functions ?? {}).map(({ handler = '' }) => handler);
  const revoking = handlers.some((handler) => handler.startsWith('dist/aws-lambda-revoke/'));
  const targets = ['aws-lambda', ...(revoking ? ['aws-lambda-revoke'] : [])];
  const { status } = spawnSync(process.execPath, [tsx, 'dev/build/run.ts', ...targets], {
    cwd: serviceDir,
    // A reference is not yet the value that it stands for, and the build would find it wanting.
    env: Object.fromEntries(Object.entries(process.env).filter(([, value]) => !value?.startsWith('{{resolve:'))),
    // The tools keep stdout for what other programs read.
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) stop('The function was not built, so nothing was deployed: see the list above.');
}

module.exports = BuildBeforePackage;
