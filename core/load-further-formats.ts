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

/**
 * Adds what is wrong with these to the problems that are known, and tells all of them once; where there is nothing to
 * load, at once. Never rejects: what cannot be read fails the requests, with a reason.
 */
export async function checkFurtherFormats(
  known: readonly ConfigProblem[],
  { furtherFormats, onEvent }: FurtherCheck,
): Promise<readonly ConfigProblem[]> {
  let problems = known;
  try {
    if (furtherFormats) problems = [...known, ...(await furtherFormats()).problems];
  } catch {
    // Said to whoever asks for a credential.
  }
  if (problems.length > 0) onEvent?.({ kind: 'misconfigured', problems });
  return problems;
}

interface FurtherCheck {
  readonly furtherFormats?: LoadFurtherFormats | undefined;
  readonly onEvent?: OnAuthEvent | undefined;
}
