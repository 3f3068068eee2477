/** A token lives for an hour, whoever asks and however long they are still signed in. */
import { signWhatIsGiven } from './naive-signer.ts';

export function alwaysAnHour(key: { readonly name: string; readonly secret: string }, clientId: string, nowMs: number) {
  const capability = '{"room:*":["publish"]}';
  return signWhatIsGiven(key, { clientId, capability, ttl: 3_600_000, timestamp: nowMs });
}
