/**
 * Runs the lanes of test/lanes.json one after the other and adds up what they report. A lane that must run here and
 * does not is a failure. `node .ci/run-lanes.mjs NAME …` runs those alone.
 *
 * What a lane needs is installed while those before it run, also one after the other: installing mostly waits for the
 * network, and two of apt or npm at a time would get into each other's way.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative, resolve } from 'node:path';

const lanes = JSON.parse(readFileSync('test/lanes.json', 'utf8'));
const asked = process.argv.slice(2);
const reports = mkdtempSync(join(tmpdir(), 'lanes-'));
const total = { passed: 0, failed: 0, skipped: 0 };
const lines = [];
const failures = [];

const chosen = lanes.filter(({ name }) => asked.length === 0 || asked.includes(name));

let before = Promise.resolve();
const installed = new Map();
for (const lane of chosen) {
  if (!lane.install) continue;
  before = before.then(() => run(lane.install, process.env, 'kept'));
  installed.set(lane, before);
}

for (const lane of chosen) {
  console.log(`\n=== ${lane.name}: ${lane.what}`);
  const startedAtMs = Date.now();
  const result = await runLane(lane);
  const seconds = Math.round((Date.now() - startedAtMs) / 1000);
  for (const key of Object.keys(total)) total[key] += result[key];
  const { passed, failed, skipped, note } = result;
  const must = lane.mustRunInCi ? 'must run' : 'may be absent';
  lines.push(
    `${lane.name.padEnd(16)} ${must.padEnd(14)} ${passed} passed, ${failed} failed, ${skipped} skipped, ${seconds} s${note ? `: ${note}` : ''}`,
  );
}
rmSync(reports, { recursive: true });

// Once more at the end: whoever reads a long log from its last lines sees what failed, and why.
if (failures.length > 0) console.log('\n=== failures');
for (const failure of failures) console.log(failure);

console.log('\n=== lanes');
for (const line of lines) console.log(line);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;

async function runLane(lane) {
  const install = await installed.get(lane);
  if (install) console.log(install.output);
  if (install && install.status !== 0) return absent(lane, 'its tools could not be installed');
  const environment = lane.node ? environmentWithNode(lane.node) : process.env;
  const report = join(reports, `${lane.name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { status } = await run([...lane.run, ...(lane.counts === 'vitest' ? reporters : [])], environment, 'shown');
  if (lane.counts === 'exit')
    return status === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0, note: 'it ended without a report' };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites, testResults } =
    JSON.parse(readFileSync(report, 'utf8'));
  failures.push(...failuresIn(lane, testResults));
  const counts = { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
  if (counts.passed === 0 && counts.failed === 0) return absent(lane, 'it ran no test', counts.skipped);
  // A file that fails to load has no failed test of its own.
  if (status !== 0 && counts.failed === 0)
    return { ...counts, failed: Math.max(1, numFailedTestSuites), note: 'a file failed outside its tests' };
  return counts;
}

function failuresIn(lane, files) {
  return files
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name, message, assertionResults }) => {
      const file = relative('.', name);
      const failed = assertionResults.filter(({ status }) => status === 'failed');
      if (failed.length === 0) return [`${lane.name}: ${file}: ${beginning(message)}`];
      return failed.map(
        ({ fullName, failureMessages }) =>
          `${lane.name}: ${file}: ${fullName}: ${beginning(failureMessages.join('\n'))}`,
      );
    });
}

function beginning(text) {
  return text.split('\n').slice(0, 12).join('\n').slice(0, 2_000);
}

function absent(lane, note, skipped = 1) {
  return lane.mustRunInCi ? { passed: 0, failed: 1, skipped: 0, note } : { passed: 0, failed: 0, skipped, note };
}

/** @param output `shown` as it comes, or `kept` for later, so that it does not stand between another lane's lines */
function run([command, ...args], env, output) {
  const stream = output === 'kept' ? 'pipe' : 'inherit';
  const child = spawn(command, args, { stdio: ['ignore', stream, stream], env });
  const kept = [];
  for (const each of [child.stdout, child.stderr]) each?.on('data', (data) => kept.push(data));
  return new Promise((resolve) => {
    const end = (status) => resolve({ status, output: Buffer.concat(kept).toString().trimEnd() });
    child.once('error', (error) => {
      kept.push(Buffer.from(String(error)));
      end(null);
    });
    child.once('close', end);
  });
}

function environmentWithNode(major) {
  return { ...process.env, PATH: [resolve(`.ci/node-${major}/node_modules/.bin`), process.env.PATH].join(delimiter) };
}
