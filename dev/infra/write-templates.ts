/** `npm run templates`: writes the templates that are made of infra/aws/fragments. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assembleTemplates } from './assemble-templates.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

for (const { path, text } of assembleTemplates(ROOT)) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
  console.log(`  ${path}`);
}
