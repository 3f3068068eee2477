/**
 * The files of the demo page: read, and its TypeScript bundled, once at start. The browser build of `ably` comes from
 * node_modules; nothing is loaded from elsewhere, and the policy in the header keeps it so.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface PageFile {
  readonly contentType: string;
  readonly content: string;
}

export const PAGE_HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  // Ably, or the local service on a port of its own, is all that the page talks to; which host is known at run time.
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src *; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

/** Path to file. */
export async function loadPageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const page = (name: string): string => fileURLToPath(new URL(`../page/${name}`, import.meta.url));
  // The package exports no path to its browser build; it lies beside the one for Node.
  const ablyBuild = dirname(createRequire(import.meta.url).resolve('ably'));
  const [html, css, ably, bundle] = await Promise.all([
    readFile(page('index.html'), 'utf8'),
    readFile(page('page.css'), 'utf8'),
    readFile(join(ablyBuild, 'ably.min.js'), 'utf8'),
    build({ entryPoints: [page('main.ts')], bundle: true, format: 'iife', target: 'es2022', write: false }),
  ]);
  const script = bundle.outputFiles[0]?.text ?? '';
  return new Map([
    ['/', { contentType: 'text/html; charset=utf-8', content: html }],
    ['/page.css', { contentType: 'text/css; charset=utf-8', content: css }],
    ['/page.js', { contentType: 'text/javascript; charset=utf-8', content: script }],
    ['/vendor/ably.js', { contentType: 'text/javascript; charset=utf-8', content: ably }],
  ]);
}
