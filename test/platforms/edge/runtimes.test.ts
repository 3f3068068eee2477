/** The `fetch` adapter and the core on runtimes that are not Node.js, from the package as it is published. */
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STAGE_KEY } from '../../stage.ts';
import { installPackage } from '../support/built.ts';
import { describeClients } from '../support/client-suite.ts';
import { freePort } from '../support/free-port.ts';
import { writeProject } from '../support/project-files.ts';
import { createScratch } from '../support/scratch.ts';
import { API_KEY, SESSION_SECRET, SETTINGS } from '../support/settings.ts';
import { type RunningTool, startTool, untilAnswering } from '../support/tool.ts';
import { describeWire } from '../support/wire-suite.ts';
import { APP, isInstalled, RUNTIMES } from './runtimes.ts';

const scratch = createScratch('edge');
const installed = join(scratch.path, 'installed');

beforeAll(() => installPackage(installed));
afterAll(() => scratch.remove());

for (const runtime of RUNTIMES) {
  describe.skipIf(!isInstalled(runtime))(runtime.name, () => {
    const settings = { ...SETTINGS, ABLY_API_KEY: API_KEY };
    let tool: RunningTool;
    let url: string;
    beforeAll(async () => {
      const folder = runtime.name.replaceAll(/\W+/g, '-').toLowerCase();
      const project = join(scratch.path, folder);
      const home = join(scratch.path, `${folder}-home`);
      mkdirSync(home);
      cpSync(installed, project, { recursive: true });
      writeProject(project, { ...APP, ...runtime.files(settings) });
      const [port, second] = await Promise.all([freePort(), freePort()]);
      tool = startTool(runtime.command(project, home, [port, second], settings));
      url = `http://127.0.0.1:${port}/api/ably-auth`;
      await untilAnswering(tool, url);
    });
    afterAll(() => tool?.stop());

    describeWire(() => url);
    describeClients(() => url);

    it('prints a line for each request and no secret (S10)', () => {
      expect(tool.output()).toContain('"kind":"issued"');
      expect(tool.output()).not.toContain(STAGE_KEY.secret);
      expect(tool.output()).not.toContain(SESSION_SECRET);
    });
  });
}
