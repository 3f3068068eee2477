/** The Lambda function as it would be unpacked: what `npm run build` makes, without the source maps. */
import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildFunction } from '../support/built.ts';
import { createScratch, type Scratch } from '../support/scratch.ts';

export interface BuiltFunction {
  readonly taskRoot: string;
  readonly scratch: Scratch;
}

export async function unpackFunction(): Promise<BuiltFunction> {
  const scratch = createScratch('lambda');
  const built = dirname(await buildFunction('aws-lambda', join(scratch.path, 'dist')));
  const taskRoot = join(scratch.path, 'task');
  cpSync(built, taskRoot, { recursive: true, filter: (path) => !path.endsWith('.map') });
  return { taskRoot, scratch };
}
