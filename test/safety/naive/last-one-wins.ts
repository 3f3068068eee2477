/** Checks the first value of a parameter and signs the last. */
import type { AuthRequest } from '../../../index.ts';
import { signWhatIsGiven } from './naive-signer.ts';

export function checksFirstSignsLast(key: { readonly name: string; readonly secret: string }, nowMs: number) {
  return (request: AuthRequest, mayBe: string) => {
    const asked = request.query.find(([name]) => name === 'clientId')?.[1];
    if (asked !== mayBe) return undefined;
    const { clientId = mayBe } = Object.fromEntries(request.query);
    return signWhatIsGiven(key, { clientId, capability: '{"room:*":["publish"]}', timestamp: nowMs });
  };
}

/** `cookies[name] = value`, as many a parser does it. */
export const lastCookies = (request: AuthRequest): Record<string, string> => Object.fromEntries(request.cookies);
