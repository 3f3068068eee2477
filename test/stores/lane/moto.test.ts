/**
 * The same against moto, somebody else's DynamoDB. Runs where `moto_server` is on the PATH (`pip install
 * 'moto[server]'`). It keeps everything in memory, so that nothing can be said of what survives a kill.
 */
import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';
import { describeDynamoDb } from '../dynamodb-suite.ts';

const isInstalled = spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).status === 0;

describe.skipIf(!isInstalled)('with moto (skipped without moto_server on the PATH)', () => {
  describeDynamoDb('DynamoDB (moto)', {
    command: 'moto_server',
    args: (port) => ['-H', '127.0.0.1', '-p', String(port)],
    survivesAKill: false,
  });
});
