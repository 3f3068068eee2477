/**
 * Runs the lanes of test/lanes.json one after the other and adds up what they report. A lane that must run here and
 * does not is a failure. `node .ci/run-lanes.mjs NAME …` runs those alone.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

const lanes = JSON.parse(readFileSync('test/lanes.json', 'utf8'));
const asked = process.argv.slice(2);
const reports = mkdtempSync(join(tmpdir(), 'lanes-'));
const total = { passed: 0, failed: 0, skipped: 0 };
const lines = [];

for (const lane of lanes) {
  if (asked.length > 0 && !asked.includes(lane.name)) continue;
  console.log(`\n=== ${lane.name}: ${lane.what}`);
  const startedAtMs = Date.now();
  const result = runLane(lane);
  const seconds = Math.round((Date.now() - startedAtMs) / 1000);
  for (const key of Object.keys(total)) total[key] += result[key];
  const { passed, failed, skipped, note } = result;
  const must = lane.mustRunInCi ? 'must run' : 'may be absent';
  lines.push(
    `${lane.name.padEnd(16)} ${must.padEnd(14)} ${passed} passed, ${failed} failed, ${skipped} skipped, ${seconds} s${note ? `: ${note}` : ''}`,
  );
}
rmSync(reports, { recursive: true });

console.log('\n=== lanes');
for (const line of lines) console.log(line);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;

function runLane(lane) {
  if (lane.install && run(lane.install, process.env) !== 0) return absent(lane, 'its tools could not be installed');
  const environment = lane.node ? environmentWithNode(lane.node) : process.env;
  const report = join(reports, `${lane.name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const status = run([...lane.run, ...(lane.counts === 'vitest' ? reporters : [])], environment);
  if (lane.counts === 'exit')
    return status === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0, note: 'it ended without a report' };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  const counts = { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
  if (counts.passed === 0 && counts.failed === 0) return absent(lane, 'it ran no test', counts.skipped);
  // A file that fails to load has no failed test of its own.
  if (status !== 0 && counts.failed === 0)
    return { ...counts, failed: Math.max(1, numFailedTestSuites), note: 'a file failed outside its tests' };
  return counts;
}

function absent(lane, note, skipped = 1) {
  return lane.mustRunInCi ? { passed: 0, failed: 1, skipped: 0, note } : { passed: 0, failed: 0, skipped, note };
}

function run([command, ...args], env) {
  return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env }).status;
}

function environmentWithNode(major) {
  return { ...process.env, PATH: [resolve(`.ci/node-${major}/node_modules/.bin`), process.env.PATH].join(delimiter) };
}
