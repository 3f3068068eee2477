/** `npm run docs`: writes what of the documentation is made of the code. */
import { writeFileSync } from 'node:fs';
import { architecturePicture } from './architecture-picture.ts';
import { errorsPage } from './errors-page.ts';

const write = (name: string, text: string): void => writeFileSync(new URL(`../../docs/${name}`, import.meta.url), text);

write('errors.md', errorsPage());
write('architecture.svg', architecturePicture());
