/**
 * What every answer carries, whatever else it says.
 *
 * No cache may keep one (S9): neither the browser nor a CDN, whose own headers overrule the general one.
 * `CDN-Cache-Control` is RFC 9213; Vercel and Netlify prefer their own when a project's rules set them. And no browser
 * may take a token for a page or a script.
 */
import type { NameValue } from '../http.ts';

export const FIXED_HEADERS: readonly NameValue[] = [
  ['Cache-Control', 'private, no-cache, no-store, max-age=0, must-revalidate'],
  ['CDN-Cache-Control', 'no-store'],
  ['Vercel-CDN-Cache-Control', 'no-store'],
  ['Netlify-CDN-Cache-Control', 'no-store'],
  ['X-Content-Type-Options', 'nosniff'],
];
