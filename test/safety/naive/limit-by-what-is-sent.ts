/** The limit that one writes in front of the endpoint, by what is at hand there: the clientId, or else the address. */
import type { AuthRequest } from '../../../index.ts';

export function limitByWhatIsSent(most: number): (request: AuthRequest) => boolean {
  const counted = new Map<string, number>();
  return ({ query, headers }) => {
    const clientId = query.find(([name]) => name === 'clientId')?.[1];
    const address = headers.get('x-forwarded-for')?.[0]?.split(',')[0]?.trim();
    const key = clientId ?? address ?? 'unknown';
    counted.set(key, (counted.get(key) ?? 0) + 1);
    return (counted.get(key) ?? 0) <= most;
  };
}
