/** The packaged template under AWS's linter, where it is installed: `pip install cfn-lint`. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createScratch } from '../support/scratch.ts';
import { runTool } from '../support/tool.ts';
import { copyProject, osls, SECRET_ARN } from './project-copy.ts';

const scratch = createScratch('cfn-lint');
afterAll(() => scratch.remove());

const isInstalled = spawnSync('cfn-lint', ['--version']).status === 0;

describe('cfn-lint', () => {
  it.skipIf(!isInstalled)(
    'finds nothing in the packaged template but the tool’s own redundant dependency',
    async () => {
      const project = join(scratch.path, 'project');
      const output = join(scratch.path, 'packaged');
      copyProject(project);
      const settings = { ABLY_API_KEY_SECRET_ID: SECRET_ARN };
      const { code, output: said } = await runTool(osls(project, ['package', '--package', output], settings));
      expect(code, said).toBe(0);
      const template = join(output, 'cloudformation-template-update-stack.json');
      // W3005: osls writes DependsOn where a reference says it already.
      const linted = spawnSync('cfn-lint', ['--format', 'parseable', '--ignore-checks', 'W3005', '--', template], {
        encoding: 'utf8',
      });
      expect(linted.stdout + linted.stderr).toBe('');
      expect(linted.status).toBe(0);
    },
  );
});
