/** What keeps a text from being an API key. Apart from the key itself, since only a mistake needs it. */
import { type ApiKey, readApiKey } from './api-key.ts';

export type ParsedApiKey =
  | { readonly ok: true; readonly apiKey: ApiKey }
  | { readonly ok: false /** Never contains any part of the value. */; readonly problem: string };

/** Reads a key as the Ably dashboard shows it. Never throws; the problem it names holds nothing of the value. */
export function parseApiKey(text: string): ParsedApiKey {
  const apiKey = readApiKey(text);
  return apiKey ? { ok: true, apiKey } : { ok: false, problem: whatIsWrong(text) };
}

function whatIsWrong(text: string): string {
  if (text === '') return 'it is empty';
  if (/^\s|\s$/.test(text)) return 'it begins or ends with white space or a line break';
  if (/^["']|["']$/.test(text)) return 'it is wrapped in quotation marks';
  if (/^\{/.test(text)) return 'it is JSON, not the key itself';
  const colon = text.indexOf(':');
  if (colon === -1) return 'it has no ":"; the whole key is appId.keyId:secret, not only its name or its secret';
  if (!text.slice(0, colon).includes('.')) return 'the part before ":" has no "."; the whole key is appId.keyId:secret';
  return 'it is not of the form appId.keyId:secret';
}
