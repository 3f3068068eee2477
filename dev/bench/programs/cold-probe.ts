/**
 * One cold start: imports the handler named on the command line and answers one event, then says how long that took.
 *
 * Three clocks: `sinceImportMs` from just before the import to the answer; `sinceStartMs` from the start of the process;
 * `cpuMs` what the processors worked for it, which a busy neighbour does not lengthen by waiting.
 */
import { writeSync } from 'node:fs';

// As Lambda's runtime client does: a line is written at once. Node's own first makes a stream, which takes milliseconds.
console.log = (line: unknown) => writeSync(1, `${line}\n`);

const [, , handlerUrl = '', eventJson = ''] = process.argv;
const event: unknown = JSON.parse(eventJson);

const cpuBefore = process.cpuUsage();
const beforeMs = performance.now();
const { handler } = await import(handlerUrl);
const result: unknown = await handler(event, { awsRequestId: 'bench' });
const sinceStartMs = performance.now();
const cpu = process.cpuUsage(cpuBefore);

const cpuMs = (cpu.user + cpu.system) / 1000;
writeSync(1, `\n${JSON.stringify({ sinceImportMs: sinceStartMs - beforeMs, sinceStartMs, cpuMs, result })}\n`);
// Connections that an SDK keeps alive would hold the process for seconds.
process.exit(0);
