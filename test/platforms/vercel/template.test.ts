/** The template project, infra/vercel, with the package installed from what is built here. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STAGE_KEY } from '../../stage.ts';
import { installPackage } from '../support/built.ts';
import { filesBelow } from '../support/project-files.ts';
import { createScratch, PROJECT } from '../support/scratch.ts';
import { API_KEY, SETTINGS } from '../support/settings.ts';
import { runBuilt } from './run-built.ts';
import { vercelBuild } from './vercel-tool.ts';

const TEMPLATE = join(PROJECT, 'infra/vercel');
const COMPILER = ['typescript', '@typescript', '@types/node', 'undici-types'];

const scratch = createScratch('vercel-template');
const project = join(scratch.path, 'template');
let built: { readonly output: string; readonly printed: string };

beforeAll(async () => {
  const isSource = (path: string): boolean => !/\/(node_modules|\.vercel)$/.test(path);
  cpSync(TEMPLATE, project, { recursive: true, filter: isSource });
  await installPackage(project, COMPILER);
  built = await vercelBuild(project);
});
afterAll(() => scratch.remove());

describe('vercel build of the template', () => {
  it('compiles the function without an error of types', () => {
    expect(built.printed).not.toMatch(/error TS\d+|Cannot find/);
    const functions = filesBelow(join(built.output, 'functions')).filter((path) => path.endsWith('.vc-config.json'));
    expect(functions).toEqual(['api/ably-auth.func/.vc-config.json']);
  });

  it('publishes nothing but public/', () => {
    expect(filesBelow(join(built.output, 'static'))).toEqual(filesBelow(join(TEMPLATE, 'public')));
  });

  it('makes a function that signs for visitors', async () => {
    const folder = join(built.output, 'functions/api/ably-auth.func');
    const { status, body } = await runBuilt(folder, { ...SETTINGS, ABLY_API_KEY: API_KEY });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ keyName: STAGE_KEY.name, capability: '{"notifications":["subscribe"]}' });
  });

  it('ships no secret of whoever builds, and no sources but the function and its config', () => {
    const files = filesBelow(join(built.output, 'functions/api/ably-auth.func'));
    const own = files.filter((path) => !path.startsWith('node_modules/') && !path.endsWith('.map'));
    expect(own).toEqual(['.vc-config.json', 'api/ably-auth.js', 'auth.config.js', 'package.json']);
  });
});
