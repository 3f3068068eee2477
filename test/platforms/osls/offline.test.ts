/**
 * A smoke test with serverless-offline: serverless.yml, as it is, leads to a function that answers, with its key in a
 * local Secrets Manager. What a gateway really sends is the lane `lambda`'s to test: this one is not faithful.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CREDENTIALS, LocalAws } from '../../key-sources/local-aws.ts';
import { STAGE_KEY } from '../../stage.ts';
import { describeClients } from '../support/client-suite.ts';
import { freePort } from '../support/free-port.ts';
import { createScratch, PLATFORMS } from '../support/scratch.ts';
import { ALLOWED_ORIGIN, API_KEY, SESSION_SECRET } from '../support/settings.ts';
import { type RunningTool, runTool, startTool, untilAnswering } from '../support/tool.ts';
import { copyProject, osls, SECRET_ARN } from './project-copy.ts';

const PLUGIN = pathToFileURL(join(PLATFORMS, 'osls/node_modules/serverless-offline/src/index.js'));

const scratch = createScratch('offline');
const project = join(scratch.path, 'project');
let aws: LocalAws;
let tool: RunningTool;
let url: string;

beforeAll(async () => {
  aws = await new LocalAws().start();
  aws.putSecret(SECRET_ARN, API_KEY);
  copyProject(project);
  addPlugin();
  const settings = {
    ABLY_API_KEY_SECRET_ID: SECRET_ARN,
    ABLY_AUTH_ALLOWED_ORIGINS: ALLOWED_ORIGIN,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL: aws.url,
  };
  const { code, output } = await runTool(osls(project, ['package'], settings));
  if (code !== 0) throw new Error(output);
  const [httpPort, lambdaPort] = await Promise.all([freePort(), freePort()]);
  const ports = ['--httpPort', String(httpPort), '--lambdaPort', String(lambdaPort)];
  tool = startTool(osls(project, ['offline', 'start', '--host', '127.0.0.1', ...ports], settings));
  url = `http://127.0.0.1:${httpPort}/api/ably-auth`;
  await untilAnswering(tool, url);
});
afterAll(async () => {
  await tool?.stop();
  await aws?.stop();
  scratch.remove();
});

/** The plugin, and a session secret by value: nobody stands in for CloudFormation and resolves a reference. */
function addPlugin(): void {
  writeFileSync(join(project, 'offline.mjs'), `export { default } from '${PLUGIN}';\n`);
  const file = join(project, 'serverless.yml');
  const shipped = readFileSync(file, 'utf8');
  const changed = shipped
    .replace('plugins:\n', 'plugins:\n  - ./offline.mjs\n')
    .replace(
      '      role: AuthRole\n',
      `      role: AuthRole\n      environment:\n        ABLY_AUTH_SESSION_SECRET: ${SESSION_SECRET}\n`,
    );
  writeFileSync(file, changed);
}

describe('serverless-offline with serverless.yml', () => {
  it('reads the key from Secrets Manager and signs for visitors', async () => {
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ keyName: STAGE_KEY.name });
    expect(aws.calls.map(({ operation }) => operation)).toContain('secretsmanager.GetSecretValue');
  });

  it('leads a method that is none of ours to the function, which says so in its own words', async () => {
    const response = await fetch(url, { method: 'PUT' });
    expect(response.status).toBe(405);
    expect(await response.json()).toMatchObject({ error: { code: 40500 } });
  });

  it('leads OPTIONS to the function', async () => {
    // Without the headers of a real preflight, which this gateway answers itself and API Gateway does not.
    const response = await fetch(url, { method: 'OPTIONS' });
    expect(response.headers.get('allow')).toBe('GET, POST, OPTIONS');
  });

  describeClients(() => url);
});
