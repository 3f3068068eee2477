/**
 * The sources of examples/android, compiled and run on the JVM with the real ably-java against the endpoint and the local
 * Ably service. The tests are Kotlin, run by Maven; each is told here as one of ours, so that the lane counts them.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createScratch, PLATFORMS } from '../support/scratch.ts';
import { runTool } from '../support/tool.ts';
import { startJvmStage } from './stage.ts';
import { readSurefireReports } from './surefire-report.ts';

/** A first run fetches the Kotlin compiler as well. */
const LIMIT_MS = 20 * 60_000;

const scratch = createScratch('jvm');
afterAll(() => scratch.remove());

const { code, output } = await runMaven();
const tests = readSurefireReports(join(scratch.path, 'target/surefire-reports'));

describe('the Android example on the JVM', () => {
  it('compiles, and its tests run', () => {
    const failed = tests.some(({ outcome }) => outcome === 'failed');
    expect(tests.length, output).toBeGreaterThan(0);
    expect(failed || code === 0, output).toBe(true);
  });

  for (const { className, name, outcome, detail } of tests) {
    it.skipIf(outcome === 'skipped')(`${className}: ${name}`, () => {
      expect(detail).toBe('');
      expect(outcome).toBe('passed');
    });
  }
});

async function runMaven(): ReturnType<typeof runTool> {
  const hosts = join(scratch.path, 'hosts');
  writeFileSync(hosts, '127.0.0.1 localhost\n');
  const stage = await startJvmStage();
  try {
    const properties = { 'build.folder': join(scratch.path, 'target'), 'stage.url': stage.url, 'hosts.file': hosts };
    const args = ['--batch-mode', '--no-transfer-progress', ...given(properties), 'test'];
    // Maven's own settings and repository are the machine's.
    const env = { ...(process.env as Record<string, string>), LANG: 'C.UTF-8' };
    return await runTool({ command: 'mvn', args, cwd: join(PLATFORMS, 'jvm'), env }, LIMIT_MS);
  } finally {
    await stage.close();
  }
}

function given(properties: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
}
