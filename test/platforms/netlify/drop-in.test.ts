/** The drop-in alone in an existing Netlify site: built by `netlify build`, served by `netlify functions:serve`. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STAGE_KEY } from '../../stage.ts';
import { buildFunction } from '../support/built.ts';
import { describeClients } from '../support/client-suite.ts';
import { writeProject } from '../support/project-files.ts';
import { createScratch } from '../support/scratch.ts';
import { DROP_IN_SETTINGS, dotenv, SETTINGS } from '../support/settings.ts';
import { describeWire } from '../support/wire-suite.ts';
import {
  type BuiltFunctions,
  type NetlifyServe,
  netlifyBuild,
  startNetlifyServe,
  writeExistingSite,
  zippedFiles,
} from './netlify-tool.ts';

const scratch = createScratch('netlify');
let dropIn: string;
beforeAll(async () => {
  dropIn = await buildFunction('netlify', join(scratch.path, 'dist'));
});
afterAll(() => scratch.remove());

describe('netlify build of an existing site with the drop-in', () => {
  const site = join(scratch.path, 'built');
  let manifest: BuiltFunctions;
  beforeAll(async () => {
    writeExistingSite(site, dropIn);
    ({ manifest } = await netlifyBuild(site));
  });

  it('makes it a function of Node.js 24 beside the one that was there', () => {
    const { functions } = manifest;
    expect(functions.map(({ name }) => name).sort()).toEqual(['ably-auth', 'hello']);
    expect(functions.find(({ name }) => name === 'ably-auth')?.runtimeVersion).toBe('nodejs24.x');
  });

  it('reads its path out of the minified file, for every method, so that preflights arrive', () => {
    const routes = manifest.functions.find(({ name }) => name === 'ably-auth')?.routes;
    expect(routes).toMatchObject([{ pattern: '/api/ably-auth', methods: [] }]);
    expect(routes).toHaveLength(1);
  });

  it('zips the file, which needs no other of the site', () => {
    const files = zippedFiles(join(site, '.netlify/functions/ably-auth.zip'));
    expect([...files.keys()]).toEqual(['ably-auth.mjs']);
  });
});

describe('netlify functions:serve with an existing site and the drop-in', () => {
  const site = join(scratch.path, 'served');
  let serve: NetlifyServe;
  beforeAll(async () => {
    writeExistingSite(site, dropIn);
    writeProject(site, { '.env': dotenv(DROP_IN_SETTINGS) });
    serve = await startNetlifyServe(site);
  });
  afterAll(() => serve?.tool.stop());
  const authUrl = (): string => `${serve.url}/api/ably-auth`;

  describeWire(authUrl);
  describeClients(authUrl);

  it('leaves the function that was there alone', async () => {
    expect(await (await fetch(`${serve.url}/.netlify/functions/hello`)).text()).toBe('hello');
  });

  it('prints no secret (S10)', () => {
    expect(serve.tool.output()).not.toContain(STAGE_KEY.secret);
    expect(serve.tool.output()).not.toContain(SETTINGS.ABLY_AUTH_SESSION_SECRET);
  });
});

describe('the drop-in in a site that has set nothing', () => {
  it('answers 503, and the log names every setting that is missing', async () => {
    const site = join(scratch.path, 'unset');
    writeExistingSite(site, dropIn);
    const { url, tool } = await startNetlifyServe(site);
    try {
      const response = await fetch(`${url}/api/ably-auth`);
      expect(response.status).toBe(503);
      expect(await response.text()).not.toMatch(/ABLY_/);
      for (const setting of ['ABLY_AUTH_POLICY', 'ABLY_AUTH_SESSION_SECRET', 'ABLY_API_KEY']) {
        expect(tool.output()).toContain(setting);
      }
    } finally {
      await tool.stop();
    }
  });
});
