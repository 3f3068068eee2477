/**
 * The environment of a Netlify function. `Netlify.env` is what the platform documents; elsewhere, and in tests, there is
 * only the process's own.
 */
import type { Environment } from '../../core/settings.ts';

interface NetlifyGlobal {
  readonly env?: { readonly toObject?: () => Environment };
}

export function readNetlifyEnvironment(): Environment {
  const { Netlify } = globalThis as { readonly Netlify?: NetlifyGlobal };
  return { ...process.env, ...Netlify?.env?.toObject?.() };
}
