'use strict';
/**
 * Makes `serverless deploy` and `serverless package` build first, so that what is deployed is what is written. A config
 * with a problem stops the deployment here, with the whole list, and so does a key that the function would look for in
 * another region.
 *
 * A plugin in the project, because `build:` in serverless.yml is known to version 4 only.
 */
const { spawnSync } = require('node:child_process');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { regionOfSecret } = require('./settings.cjs');

/** Without it the function answers nothing but 503 where a format asks for it, which only the config knows. */
const OUTER_SECRET = 'ABLY_AUTH_EMBEDDED_SECRET';

class BuildBeforePackage {
  constructor(serverless) {
    const build = () => {
      refuseOtherRegion(serverless);
      buildFunction(serverless);
    };
    this.hooks = {
      'before:package:createDeploymentArtifacts': build,
      'before:deploy:function:packageFunction': build,
      // What was packaged before, for another region.
      'before:deploy:deploy': () => refuseOtherRegion(serverless),
    };
  }
}

function refuseOtherRegion(serverless) {
  const secretRegion = regionOfSecret(process.env.ABLY_API_KEY_SECRET_ID);
  const stackRegion = serverless.getProvider('aws').getRegion();
  // What is no ARN, settings.cjs refuses.
  if (!secretRegion || secretRegion === stackRegion) return;
  throw new serverless.classes.Error(
    `ABLY_API_KEY_SECRET_ID is a secret of ${secretRegion}, and this would be deployed to ${stackRegion}, where the function does not find it. Deploy to ${secretRegion} (--region, or AWS_REGION), or set ABLY_API_KEY_SECRET_ID to a secret, or a replica of this one, in ${stackRegion}.`,
  );
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
  const functions = Object.values(serverless.service.functions ?? {});
  const handlers = functions.map(({ handler = '' }) => handler);
  const revoking = handlers.some((handler) => handler.startsWith('dist/aws-lambda-revoke/'));
  const targets = ['aws-lambda', ...(revoking ? ['aws-lambda-revoke'] : [])];
  const isThere = [process.env, ...functions.map(({ environment }) => environment)].some(
    (each) => each?.[OUTER_SECRET],
  );
  const absent = isThere ? [] : [`--absent=${OUTER_SECRET}`];
  const { status } = spawnSync(process.execPath, [tsx, 'dev/build/run.ts', ...targets, ...absent], {
    cwd: serviceDir,
    // A reference is not yet the value that it stands for, and the build would find it wanting.
    env: Object.fromEntries(Object.entries(process.env).filter(([, value]) => !value?.startsWith('{{resolve:'))),
    // The tools keep stdout for what other programs read.
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) stop('The function was not built, so nothing was deployed: see the list above.');
}

module.exports = BuildBeforePackage;
