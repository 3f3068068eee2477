/**
 * Writes as many lines as it is told, after one `console.log`, as a policy or a library in the same function may do: from then on
 * standard output is non-blocking. Says on standard error when it has written all.
 */
import { printLine } from '../../../adapters/aws-lambda/print-line.ts';

console.log('of somebody else');
for (let index = 0; index < Number(process.argv[2]); index += 1) {
  // Every tenth is longer than what a pipe takes whole or not at all.
  printLine(JSON.stringify({ index, padding: 'x'.repeat(index % 10 === 0 ? 20_000 : 500) }));
}
process.stderr.write('done');
// Whoever reads now finds the pipe open still.
process.stdin.once('data', () => {
  printLine('{"index":"last"}');
  process.exit();
});
