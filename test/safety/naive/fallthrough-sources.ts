/** Asks one source after the other and takes the first that is satisfied: a bad credential is as good as none. */
import type { AuthRequest, Identity, IdentitySource } from '../../../index.ts';

export async function firstThatIsSatisfied(
  sources: readonly IdentitySource[],
  request: AuthRequest,
  nowMs: number,
): Promise<Identity | undefined> {
  for (const source of sources) {
    const verdict = await source.verify(request, { nowMs, secureCookies: true });
    if (verdict.kind === 'identified') return verdict.identity;
  }
  return undefined;
}
