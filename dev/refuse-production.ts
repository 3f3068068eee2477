/**
 * Where the local server must not run (S18): it logs anybody in by name. Decided from the environment alone, before
 * anything is started.
 */
import type { Environment } from '../index.ts';

/** Why not here, as the end of a sentence; `undefined` on a developer's machine. */
export function whyNotHere(env: Environment): string | undefined {
  if (env.NODE_ENV === 'production') return 'NODE_ENV is production';
  if (env.AWS_LAMBDA_FUNCTION_NAME !== undefined) return 'this is AWS Lambda';
  if (env.VERCEL_ENV === 'production' || env.VERCEL_ENV === 'preview') return `this is a Vercel ${env.VERCEL_ENV}`;
  if (env.NETLIFY === 'true' && env.NETLIFY_DEV !== 'true') return 'this is Netlify, outside netlify dev';
  return undefined;
}
