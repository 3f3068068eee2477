/** `npx tsx dev/capacity/write.ts`: writes the tables into docs/scale.md, each between its own two marks. */
import { readFile, writeFile } from 'node:fs/promises';
import { withTables } from './page.ts';

const PAGE = new URL('../../docs/scale.md', import.meta.url);

await writeFile(PAGE, withTables(await readFile(PAGE, 'utf8')));
