/** Reads what Maven's Surefire wrote about the tests that ran: XML of its own making, one file for each class. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface JvmTest {
  /** Without its package. */
  readonly className: string;
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** What it failed with; empty otherwise. */
  readonly detail: string;
}

/** An empty list where nothing was compiled, and so nothing ran. */
export function readSurefireReports(folder: string): readonly JvmTest[] {
  const files = listed(folder).filter((name) => /^TEST-.*\.xml$/.test(name));
  return files.flatMap((name) => readReport(readFileSync(join(folder, name), 'utf8')));
}

export function readReport(xml: string): readonly JvmTest[] {
  return [...xml.matchAll(/<testcase ([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)].map(
    ([, attributes = '', inside = '']) => {
      const [, kind] = /<(failure|error|skipped)\b/.exec(inside) ?? [];
      const outcome = kind === undefined ? 'passed' : kind === 'skipped' ? 'skipped' : 'failed';
      const [, detail = ''] = /<(?:failure|error)\b[^>]*>([\s\S]*?)<\/(?:failure|error)>/.exec(inside) ?? [];
      return {
        className: attribute(attributes, 'classname').replace(/^.*\./, ''),
        name: attribute(attributes, 'name'),
        outcome,
        detail: outcome === 'failed' ? text(detail) : '',
      };
    },
  );
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function attribute(attributes: string, name: string): string {
  const [, value = ''] = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes) ?? [];
  return text(value);
}

function text(escaped: string): string {
  return escaped
    .replace(/^<!\[CDATA\[([\s\S]*)\]\]>$/, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replace(/&#(\d+);/g, (_, unit: string) => String.fromCodePoint(Number(unit)))
    .replaceAll('&amp;', '&');
}
