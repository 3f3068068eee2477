/** Signs for whoever asks: the page that calls it is behind a login, so the endpoint needs none. */
import type { AuthRequest } from '../../../index.ts';
import { signWhatIsGiven } from './naive-signer.ts';

export function everyoneIsWelcome(key: { readonly name: string; readonly secret: string }, nowMs: number) {
  return (_request: AuthRequest) => signWhatIsGiven(key, { timestamp: nowMs, capability: '{"*":["*"]}' });
}
