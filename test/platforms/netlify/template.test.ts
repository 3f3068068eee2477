/** The template site, infra/netlify, with the package installed from what is built here. */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STAGE_KEY } from '../../stage.ts';
import { installPackage } from '../support/built.ts';
import { filesBelow, writeProject } from '../support/project-files.ts';
import { createScratch, PROJECT } from '../support/scratch.ts';
import { API_KEY, dotenv, SETTINGS } from '../support/settings.ts';
import { type BuiltFunctions, netlifyBuild, startNetlifyServe, zippedFiles } from './netlify-tool.ts';

const TEMPLATE = join(PROJECT, 'infra/netlify');

const scratch = createScratch('netlify-template');
const site = join(scratch.path, 'template');
let manifest: BuiltFunctions;

beforeAll(async () => {
  const isSource = (path: string): boolean => !/\/(node_modules|\.netlify)$/.test(path);
  cpSync(TEMPLATE, site, { recursive: true, filter: isSource });
  await installPackage(site);
  ({ manifest } = await netlifyBuild(site));
});
afterAll(() => scratch.remove());

describe('netlify build of the template', () => {
  it('makes one function, at the path that it has on every platform, for every method', () => {
    expect(manifest.functions).toMatchObject([
      { name: 'ably-auth', runtimeVersion: 'nodejs24.x', routes: [{ pattern: '/api/ably-auth', methods: [] }] },
    ]);
  });

  it('publishes nothing but public/', () => {
    expect(readFileSync(join(site, 'netlify.toml'), 'utf8')).toMatch(/^\s*publish = "public"$/m);
    expect(filesBelow(join(site, 'public'))).toEqual(['robots.txt']);
  });

  it('bundles the function: no file of the site is in the zip but what it imports', () => {
    const names = [...zippedFiles(join(site, '.netlify/functions/ably-auth.zip')).keys()];
    expect(names.filter((name) => /\.env|README|public\/|\.ts$/.test(name))).toEqual([]);
    expect(names.filter((name) => name.endsWith('ably-auth.mjs') || name.endsWith('ably-auth.js'))).toHaveLength(1);
  });
});

describe('netlify functions:serve with the template', () => {
  it('signs for visitors', async () => {
    writeProject(site, { '.env': dotenv({ ...SETTINGS, ABLY_API_KEY: API_KEY }) });
    const { url, tool } = await startNetlifyServe(site);
    try {
      const response = await fetch(`${url}/api/ably-auth`);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({
        keyName: STAGE_KEY.name,
        capability: '{"notifications":["subscribe"]}',
      });
    } finally {
      await tool.stop();
    }
  });
});
