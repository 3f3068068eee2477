/** Whether an endpoint keeps its API key to itself, in whatever it answers. Asks nothing of its own, but where it is asked alone. */
import { type Check, fails, passes } from '../check.ts';
import { named } from '../headers.ts';
import { quote } from '../quote.ts';
import { refusals } from './refusals.ts';

export const REPLACE_NOW =
  'Replace the key now: docs/rotation.md, "The day the key leaks" (rotate --now, then retire --now; or in Ably’s dashboard). Then have the endpoint answer what it signs with the key, never the key.';

const apiKey: Check = {
  id: 'api-key',
  title: 'No answer holds the API key',
  why: 'Whoever has it may do everything that it allows, as anybody, and sign tokens for whomever they like, until it is revoked.',
  source: 'Ably docs, auth/basic; docs/rotation.md',
  fix: REPLACE_NOW,
  evenUnreached: true,
  async run(visit) {
    if (visit.exchanges.length === 0) {
      await visit.ask();
      await refusals(visit);
    }
    const holding = visit.exchanges.filter(({ apiKeys }) => apiKeys.length > 0);
    const [first] = holding;
    const among = `${visit.exchanges.length} answers`;
    if (!first) return passes(`none in ${among}`);
    const names = [...new Set(holding.flatMap(({ apiKeys }) => apiKeys))].map(quote).join(' and ');
    return fails(`the secret of ${names} is in ${holding.length} of ${among}, as in ${named(first)}: ${first.status}`);
  },
};

export const KEYS: readonly Check[] = [apiKey];
