/** The drop-in alone in an existing Vercel project: built by `vercel build`, served by `vercel dev`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STAGE_KEY } from '../../stage.ts';
import { buildFunction } from '../support/built.ts';
import { describeClients } from '../support/client-suite.ts';
import { filesBelow, writeProject } from '../support/project-files.ts';
import { createScratch } from '../support/scratch.ts';
import { API_KEY, DROP_IN_SETTINGS, dotenv, POLICY, SETTINGS } from '../support/settings.ts';
import { describeWire } from '../support/wire-suite.ts';
import { readFunctionConfig, runBuilt } from './run-built.ts';
import { startVercelDev, type VercelDev, vercelBuild, writeExistingProject } from './vercel-tool.ts';

const scratch = createScratch('vercel');
let dropIn: string;
beforeAll(async () => {
  dropIn = await buildFunction('vercel', join(scratch.path, 'dist'));
});
afterAll(() => scratch.remove());

describe('vercel build of an existing project with the drop-in', () => {
  const project = join(scratch.path, 'built');
  let output: string;
  beforeAll(async () => {
    writeExistingProject(project, dropIn);
    writeProject(project, {
      'api/ably-auth.policy.json': POLICY,
      'vercel.json': '{ "functions": { "api/ably-auth.mjs": { "includeFiles": "api/*.policy.json" } } }\n',
    });
    ({ output } = await vercelBuild(project));
  });

  it('makes it a function of Node.js 24 beside the one that was there', () => {
    const functions = filesBelow(join(output, 'functions')).filter((path) => path.endsWith('.vc-config.json'));
    expect(functions).toEqual(['api/ably-auth.func/.vc-config.json', 'api/hello.func/.vc-config.json']);
    expect(readFunctionConfig(join(output, 'functions/api/ably-auth.func'))).toMatchObject({
      runtime: 'nodejs24.x',
      launcherType: 'Nodejs',
      handler: 'api/ably-auth.mjs',
    });
  });

  it('takes the file as it is, whole and alone, with the policy that was asked for', () => {
    const folder = join(output, 'functions/api/ably-auth.func');
    expect(filesBelow(folder)).toEqual(['.vc-config.json', 'api/ably-auth.mjs']);
    expect(Object.keys(readFunctionConfig(folder).filePathMap ?? {})).toEqual(['api/ably-auth.policy.json']);
    expect(readFileSync(join(folder, 'api/ably-auth.mjs'))).toEqual(readFileSync(dropIn));
  });

  it('publishes nothing but public/', () => {
    expect(filesBelow(join(output, 'static'))).toEqual(['index.html']);
  });

  it('runs as built, in an environment that holds the settings alone', async () => {
    const { status, body } = await runBuilt(join(output, 'functions/api/ably-auth.func'), DROP_IN_SETTINGS);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ keyName: STAGE_KEY.name });
  });

  it('takes its rules from the file beside it', async () => {
    const settings = { ...SETTINGS, ABLY_API_KEY: API_KEY, ABLY_AUTH_POLICY: 'ably-auth.policy.json' };
    const { status, body } = await runBuilt(join(output, 'functions/api/ably-auth.func'), settings);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ capability: '{"notifications":["subscribe"]}' });
  });
});

describe('vercel dev with an existing project and the drop-in', () => {
  const project = join(scratch.path, 'served');
  let dev: VercelDev;
  beforeAll(async () => {
    writeExistingProject(project, dropIn);
    writeProject(project, { '.env': dotenv(DROP_IN_SETTINGS) });
    dev = await startVercelDev(project);
  });
  afterAll(() => dev?.tool.stop());
  const authUrl = (): string => `${dev.url}/api/ably-auth`;

  describeWire(authUrl);
  describeClients(authUrl);

  it('leaves the function that was there alone', async () => {
    expect(await (await fetch(`${dev.url}/api/hello`)).text()).toBe('hello');
  });

  it('prints no secret (S10)', () => {
    expect(dev.tool.output()).not.toContain(STAGE_KEY.secret);
    expect(dev.tool.output()).not.toContain(SETTINGS.ABLY_AUTH_SESSION_SECRET);
  });
});

describe('the drop-in in a project that has set nothing', () => {
  it('answers 503, and the log names every setting that is missing', async () => {
    const project = join(scratch.path, 'unset');
    writeExistingProject(project, dropIn);
    const { output } = await vercelBuild(project);
    const { status, body, printed } = await runBuilt(join(output, 'functions/api/ably-auth.func'), {});
    expect(status).toBe(503);
    expect(body).not.toMatch(/ABLY_/);
    for (const setting of ['ABLY_AUTH_POLICY', 'ABLY_AUTH_SESSION_SECRET', 'ABLY_API_KEY']) {
      expect(printed).toContain(setting);
    }
  });
});
