/** The Markdown pages of the project as text: what is fenced in them, which headings they have, where they link to. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ROOT } from '../house/source-files.ts';

const FOLDERS = ['docs', 'examples', 'infra'];
const NOT_OURS = /(^|\/)(node_modules|\.build|build|target|Pods|\.dart_tool|\.next|dist)\//;

export interface Block {
  /** Path of its page from the root. */
  readonly page: string;
  readonly line: number;
  /** The first word after the fence; empty where there is none. */
  readonly language: string;
  /** What the HTML comment on the line before it says: CONTRIBUTING.md lists what it can be. */
  readonly note: string | undefined;
  readonly code: string;
}

export const PAGES: readonly string[] = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => posix.join(folder, name))
      .filter((path) => path.endsWith('.md') && !NOT_OURS.test(path)),
  ),
].sort();

export const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

const FENCE = /^( *)(`{3,})(\S*).*\n([\s\S]*?)^\1\2 *$/gm;

/** The blocks of a page, without the indentation that a list gives them. */
export function blocksOf(page: string): readonly Block[] {
  const text = textOf(page);
  return [...text.matchAll(FENCE)].map(({ index, 1: indent = '', 3: language = '', 4: code = '' }) => {
    const before = text.slice(0, index);
    return {
      page,
      line: before.split('\n').length,
      language,
      note: /<!-- (.+?) -->\n *$/.exec(before)?.[1],
      code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    };
  });
}

export const BLOCKS: readonly Block[] = PAGES.flatMap(blocksOf);

/** Where a block is, to be clicked on in the output of a failing test. */
export const placeOf = ({ page, line }: Block): string => `${page}:${line}`;

/** The page without what is fenced or between backticks, where brackets are no links and `#` is no heading. */
export const proseOf = (page: string): string => textOf(page).replaceAll(FENCE, '');

/** What can stand behind `#` in a link to the page, as GitHub makes it of headings, and each `<a id="…">`. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const prose = proseOf(page);
  const anchors = new Set([...prose.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id));
  for (const [, heading = ''] of prose.matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const plain = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = plain;
    for (let again = 1; anchors.has(anchor); again += 1) anchor = `${plain}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}

export interface Link {
  readonly page: string;
  readonly target: string;
}

/** Links to files and headings of ours, pictures among them. */
export function linksOf(page: string): readonly Link[] {
  const prose = proseOf(page).replaceAll(/`[^`\n]*`/g, '');
  const targets = [...prose.matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)|<(?:img|source)[^>]+(?:src|srcset)="([^"]+)"/g)];
  return targets
    .map(([, link, picture]) => link ?? picture ?? '')
    .filter((target) => !/^(https?:|mailto:|data:)/.test(target))
    .map((target) => ({ page, target }));
}
