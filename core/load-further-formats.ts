/**
 * Reads what only some configs use, further-formats.ts, when the first of them needs it. What it does is decided there.
 */
import type { OnAuthEvent } from './auth-event.ts';
import type { ConfigProblem } from './config-problem.ts';
import type { FurtherFormats, FurtherParts } from './further-formats.ts';
import type { ResolvedAuth } from './resolve-config.ts';

export type LoadFurtherFormats = () => Promise<FurtherFormats>;

/** `undefined` for a config whose credentials are all TokenRequests or plain JWTs. */
export function furtherFormatsOf(auth: ResolvedAuth, parts: FurtherParts): LoadFurtherFormats | undefined {
  if (!auth.hasFurtherFormats) return undefined;
  let loaded: FurtherFormats | undefined;
  return async () => {
    // Only a success is kept: what could not be read is tried again by the next request.
    loaded ??= (await import('./further-formats.ts')).prepareFurtherFormats(auth, parts);
    return loaded;
  };
}

/** Begins to load, and says once what is wrong. Never rejects: what cannot be read fails the requests, with a reason. */
export async function checkFurtherFormats(
  load: LoadFurtherFormats | undefined,
  onEvent: OnAuthEvent | undefined,
): Promise<readonly ConfigProblem[]> {
  try {
    const problems = (await load?.())?.problems ?? [];
    if (problems.length > 0) onEvent?.({ kind: 'misconfigured', problems });
    return problems;
  } catch {
    return [];
  }
}
