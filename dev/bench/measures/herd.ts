/** A thousand first requests at once: how often the key is read. */
import definition from '../../../auth.config.ts';
import type { KeySource } from '../../../core/keys/key-source.ts';
import { parseApiKey } from '../../../core/keys/parse-api-key.ts';
import { configureEndpoint } from '../../../index.ts';
import { atMost, type Section } from '../report.ts';
import { API_KEY, checkAnswer } from '../requests.ts';

const HERD = 1_000;
/** About what Secrets Manager takes. */
const STORE_MS = 25;

export async function measureHerd(): Promise<Section> {
  const loads = { current: 0, previous: 0 };
  const parsed = parseApiKey(API_KEY);
  if (!parsed.ok) throw new Error(parsed.problem);
  const store: KeySource = {
    name: 'slow store',
    setting: 'ABLY_API_KEY',
    async loadCurrent() {
      loads.current += 1;
      await new Promise((resolve) => setTimeout(resolve, STORE_MS));
      return parsed.apiKey;
    },
    async loadPrevious() {
      loads.previous += 1;
      return undefined;
    },
  };
  const endpoint = configureEndpoint({ definition, env: {}, keySource: { ok: true, source: store } });
  const request = { method: 'GET', query: [], headers: new Map(), cookies: [], body: '', platform: {} };
  const answers = await Promise.all(Array.from({ length: HERD }, () => endpoint.handle(request)));
  for (const { body } of answers) checkAnswer('ours', body, 'anonymous');
  return {
    title: `Herd: ${HERD} first requests at once`,
    columns: ['stage of the key', 'times read'],
    rows: [
      ['current', String(loads.current)],
      ['previous', String(loads.previous)],
    ],
    verdicts: [
      atMost('herd: one read of each stage that is needed', 1, loads.current + loads.previous, String(loads.current)),
    ],
  };
}
