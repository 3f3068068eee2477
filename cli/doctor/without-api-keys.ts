/** An answer without the secrets of API keys, which no check and nobody who reads what is said here may have; and whose they were. */
import { createKeyFinder } from './api-keys.ts';
import type { Exchange } from './exchange.ts';

export interface Answer extends Exchange {
  /** Names of the keys that were in it, whole. */
  readonly apiKeys: readonly string[];
}

/** Nobody has more of them: such an answer is no answer, and nothing of it is shown. */
const MAX_KEYS = 20;

/** Hides a secret that was seen once from then on. */
export function createKeyGuard(): (answer: Exchange) => Answer {
  const find = createKeyFinder();
  const secrets = new Set<string>();

  return (answer) => {
    const texts = [answer.body, ...[...answer.headers.values()].flat()];
    const found = find(texts, answer.status === 200 ? answer.body : undefined);
    const isFlood = found.length > MAX_KEYS;
    if (!isFlood) for (const { secret } of found) secrets.add(secret);
    const hide = (text: string): string => {
      if (isFlood) return '…';
      const shown = [...secrets].flatMap(formsOf).reduce((rest, form) => rest.replaceAll(form, '…'), text);
      // Escaped letter by letter it is still there.
      return found.length > 0 && find([shown]).length > 0 ? '…' : shown;
    };
    const headers = new Map([...answer.headers].map(([name, lines]) => [name, lines.map(hide)]));
    return { ...answer, headers, body: hide(answer.body), apiKeys: [...new Set(found.map(({ name }) => name))] };
  };
}

/** As JSON and addresses may write it. */
function formsOf(secret: string): readonly string[] {
  return [secret, secret.replaceAll('/', '\\/'), encodeURIComponent(secret)];
}
