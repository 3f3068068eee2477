/** docs/architecture.md and its picture: the steps are those of the pipeline, in its order; every file and folder is there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAILURES } from '../../core/errors.ts';
import { ANSWER, architecturePicture, EVENTS, HOST, STEPS } from '../../dev/docs/architecture-picture.ts';
import { ROOT } from '../house/source-files.ts';
import { textOf } from './pages.ts';

const pipeline = readFileSync(join(ROOT, 'core/auth-endpoint.ts'), 'utf8');
const picture = readFileSync(join(ROOT, 'docs/architecture.svg'), 'utf8');

describe('docs/architecture.svg', () => {
  it('is what `npm run docs` draws', () => {
    expect(picture).toBe(architecturePicture());
  });

  it('has the steps of the pipeline, in its order, and leaves none out but the clock, which refuses nobody', () => {
    const passed = [...pipeline.matchAll(/passed\('(\w+)'\)/g)].map(([, stage]) => stage);
    expect(STEPS.map(({ name }) => name)).toEqual(passed.filter((stage) => stage !== 'clock'));
  });

  it('names files and folders that are there, and reasons that there are', () => {
    const named = [
      ...STEPS.flatMap(({ file, asks }) => [file, ...(asks ? [asks[1]] : [])]),
      ...[HOST.read, HOST.write, ANSWER, EVENTS.file, EVENTS.sinks, 'docs/errors.md'],
    ];
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    const reasons = STEPS.flatMap(({ ends }) => ends);
    expect(reasons.filter((reason) => !(reason in FAILURES))).toEqual([]);
  });

  it('imports what it draws: each step’s file is one that the pipeline knows', () => {
    const unknown = STEPS.filter(({ file }) => !pipeline.includes(file.replace('core/', './')));
    expect(unknown).toEqual([]);
  });

  it('has its own paper, dark where the reader wants dark, and a title for who does not see it', () => {
    expect(picture).toMatch(/prefers-color-scheme:dark/);
    expect(picture).toMatch(/<rect class="paper"/);
    expect(picture).toMatch(/<title>.+<\/title>/);
    expect(picture).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
  });
});

describe('docs/architecture.md', () => {
  it('says what the test of the house holds, of each folder of ours', () => {
    const folders = ['core/', 'client/', 'cli/', 'testing/', 'dev/', 'infra/', 'test/', 'adapters/compose'];
    expect(folders.filter((folder) => !textOf('docs/architecture.md').includes(`[\`${folder}\`]`))).toEqual([]);
  });
});
