/** Writes the figures into docs/benchmarks.md, between its two marks; the prose around them is a person's. */
import { readFile, writeFile } from 'node:fs/promises';
import { arch, cpus, platform, totalmem } from 'node:os';

const FILE = new URL('../../docs/benchmarks.md', import.meta.url);
const BEGIN = '<!-- figures: written by `npm run bench` -->';
const END = '<!-- end of figures -->';

/** @throws Error when the marks are not there, once each and in order */
export async function writeFigures(markdown: string): Promise<void> {
  const text = await readFile(FILE, 'utf8');
  const [before, between, ...more] = text.split(BEGIN);
  const [, after, ...rest] = between?.split(END) ?? [];
  if (before === undefined || after === undefined || more.length > 0 || rest.length > 0) {
    throw new Error('docs/benchmarks.md has lost the marks between which the figures go');
  }
  await writeFile(FILE, `${before}${BEGIN}\n\n${markdown}\n\n${END}${after}`);
}

/** Enough to judge the figures by, and nothing that names the machine. */
export function describeMachine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() || 'processors of an unknown model';
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `Node ${process.versions.node}, ${platform()} ${arch()}, ${processors.length} × ${model}, ${memory}`;
}
