/** The snippets of docs/identity.md, as text and as what they make: what is written there is what the tests run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import type { AuthConfig, Environment } from '../../index.ts';
import * as ours from '../../index.ts';
import { ROOT } from '../house/source-files.ts';

export const PAGE = readFileSync(join(ROOT, 'docs/identity.md'), 'utf8');

export interface Snippet {
  /** The nearest heading above it. */
  readonly heading: string;
  readonly language: string;
  readonly code: string;
}

export const SNIPPETS: readonly Snippet[] = PAGE.split(/^#{1,3} /m).flatMap((section) => {
  const heading = section.slice(0, section.indexOf('\n'));
  return [...section.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language = '', code = '']) => ({
    heading,
    language,
    code,
  }));
});

/** Snippets that are the inside of a config. */
export const CONFIGS = SNIPPETS.filter(({ code }) => code.startsWith('sources:'));

export function snippetOf(heading: string, language = 'ts'): string {
  const found = SNIPPETS.find((snippet) => snippet.heading === heading && snippet.language === language);
  if (!found) throw new Error(`docs/identity.md has no ${language} under "${heading}"`);
  return found.code;
}

export interface Surroundings {
  readonly env?: Environment;
  /** Text to text: addresses of the page to those of a local app. */
  readonly replace?: Readonly<Record<string, string>>;
  /** What the snippet names that is the reader's own. */
  readonly names?: Readonly<Record<string, unknown>>;
}

/** Runs a config snippet. Each text to be replaced must be there. */
export function runConfig(
  code: string,
  { env = {}, replace = {}, names = {} }: Surroundings = {},
): Partial<AuthConfig> {
  let text = `(env) => ({ ${code} })`;
  for (const [from, to] of Object.entries(replace)) {
    if (!text.includes(from)) throw new Error(`the snippet has no ${from}`);
    text = text.replaceAll(from, to);
  }
  const known = { ...ours, ...names };
  const { code: plain } = transformSync(`const build = ${text};`, { loader: 'ts' });
  const make = new Function(...Object.keys(known), `${plain}; return build;`);
  return make(...Object.values(known))(env) as Partial<AuthConfig>;
}
