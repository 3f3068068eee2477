/** The client says who it is: `?clientId=bob`. Found in many an example. */
import type { AuthRequest } from '../../../index.ts';
import { signWhatIsGiven } from './naive-signer.ts';

export function identityFromQuery(key: { readonly name: string; readonly secret: string }, nowMs: number) {
  return (request: AuthRequest) => {
    const clientId = request.query.find(([name]) => name === 'clientId')?.[1];
    return signWhatIsGiven(key, {
      timestamp: nowMs,
      capability: '{"room:*":["publish","subscribe"]}',
      ...(clientId !== undefined && { clientId }),
    });
  };
}
