/**
 * `npm run build`, all of it; `npm run build -- aws-lambda` only what is named. Stops with the whole list of problems
 * before anything is written, and otherwise says what was made and how large it is. `--absent=NAME` names a secret that the
 * function will not have, so that nothing stands in for it here.
 */
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkConfig } from '../../core/check-config.ts';
import { describeProblem } from '../../core/config-problem.ts';
import { describeFinding } from '../../core/policy/lint-finding.ts';
import { bundle } from './bundle.ts';
import { buildLibrary } from './library.ts';
import { staticGraph } from './static-graph.ts';
import { type BuiltFunction, ROTATION, TARGETS } from './targets.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DIST = join(ROOT, 'dist');
const FUNCTIONS: readonly BuiltFunction[] = [...TARGETS, ROTATION];
const NAMES = [...FUNCTIONS.map(({ name }) => name), 'library'];

const ABSENT = '--absent=';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const wanted = args.filter((arg) => !arg.startsWith(ABSENT));
  const absent = args.filter((arg) => arg.startsWith(ABSENT)).map((arg) => arg.slice(ABSENT.length));
  const unknown = wanted.filter((name) => !NAMES.some((known) => known === name));
  if (unknown.length > 0) return stopped([`There is no ${unknown.join(', ')}. Name any of ${NAMES.join(', ')}.`]);
  const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
  const targets = FUNCTIONS.filter(({ name }) => isWanted(name));

  if (targets.some(({ hasConfig }) => hasConfig)) {
    const { default: definition } = await import('../../auth.config.ts');
    const { problems, findings, unchecked } = checkConfig(definition, process.env, absent);
    if (unchecked) console.warn(`  auth.config.ts was not checked: ${unchecked}.`);
    for (const finding of findings) console.warn(`  ${describeFinding(finding)}`);
    if (problems.length > 0) return stopped(problems.map((problem) => `- ${describeProblem(problem)}`));
  }
  try {
    const [bundles] = await Promise.all([
      Promise.all(targets.map((target) => bundle(target, ROOT, DIST))),
      isWanted('library') && buildLibrary(ROOT, DIST),
    ]);
    for (const { target, metafile, entryFile, id } of bundles) {
      const { bytes } = staticGraph(metafile, target.entry);
      console.log(
        `  ${relative(ROOT, entryFile).padEnd(40)} ${(bytes / 1000).toFixed(1)} KB read at a cold start, build ${id}`,
      );
    }
    if (isWanted('library')) console.log('  dist/lib');
    return 0;
  } catch (error) {
    return stopped([error instanceof Error ? error.message : String(error)]);
  }
}

function stopped(lines: readonly string[]): number {
  console.error(['', '  Nothing usable was built:', ...lines.map((line) => `  ${line}`), ''].join('\n'));
  return 1;
}
