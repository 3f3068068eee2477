/**
 * API keys in what an endpoint answers: as they are, escaped, in base64 (Basic authentication, a part of a JWT), or the secret
 * alone. Decides what is one, where channels, packages and hosts look alike (`chat.room:…`); who is told is not decided here.
 */
import { readApiKey } from '../../core/keys/api-key.ts';
import { readJsonObject } from '../read-json-object.ts';
import { readSigned, type Signed } from './signed.ts';

export interface FoundKey {
  /** `appId.keyId`, which is public. */
  readonly name: string;
  /** What must be shown to nobody: its secret, or the base64 that holds it. */
  readonly secret: string;
}

const LIKE_A_KEY = /(?<![\w-])([\w-]{1,64}\.[\w-]{1,64}):([\w+/=-]{8,128})(?![\w+/=-])/g;
/** As Ably's dashboard makes them; until some years ago with a secret of 16. */
const MADE_BY_ABLY = /^[\w-]{4,8}\.[\w-]{4,8}:[\w-]{43}(?![\w-])/;
const MADE_EARLIER = /^[\w-]{6}\.[\w-]{6}:(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{16}(?![\w-])/;
const WORD = /(?<![\w-])[\w-]{8,128}(?![\w-])/g;
const BASE64 = /[\w+/-]{24,}={0,2}/g;
/** A credential in a JWT in JSON, each of which encodes what is in it. */
const MAX_DEPTH = 3;

/** Looks through answers, and knows of each what those before it have signed. */
export function createKeyFinder(): (texts: readonly string[], credential?: string) => readonly FoundKey[] {
  const signers = new Map<string, Signed>();

  function search(text: string, depth: number): readonly FoundKey[] {
    const plain = unescaped(text);
    const channels = channelsIn(text);
    const found: FoundKey[] = [];
    for (const [key, name = '', secret = ''] of plain.matchAll(LIKE_A_KEY)) {
      if (readApiKey(key) && (signers.has(name) || (isMadeByAbly(key) && !channels.includes(key))))
        found.push({ name, secret });
    }
    const words = new Set([...plain.matchAll(WORD)].map(([word]) => word));
    for (const { keyName, isSecret } of signers.values())
      for (const word of words) if (isSecret(word)) found.push({ name: keyName, secret: word });
    if (depth === MAX_DEPTH) return found;
    for (const [encoded] of plain.matchAll(BASE64)) {
      const decoded = Buffer.from(encoded, 'base64').toString();
      // Most of what looks like base64 is none, or is random.
      if (/[\u0000-\u0008\ufffd]/.test(decoded)) continue;
      const within = [...search(decoded, depth + 1), ...wholeKey(readJsonObject(decoded)?.['x-ably-token'])];
      found.push(...within.map(({ name }) => ({ name, secret: encoded })));
    }
    return found;
  }

  return (texts, credential) => {
    const signed = credential === undefined ? undefined : readSigned(credential);
    if (signed) signers.set(signed.keyName, signed);
    const inItsPlace = [credential?.trim(), readJsonObject(credential ?? '')?.token].flatMap(wholeKey);
    const all = [...inItsPlace, ...texts.flatMap((text) => search(text, 0))];
    return [...new Map(all.map((found) => [found.secret, found])).values()];
  };
}

/** In the place of a credential nothing else looks like it, whatever its length. */
function wholeKey(text: unknown): readonly FoundKey[] {
  if (typeof text !== 'string') return [];
  const key = text.replace(/^"(.*)"$/, '$1');
  const name = readApiKey(key)?.name;
  return name === undefined ? [] : [{ name, secret: key.slice(name.length + 1) }];
}

function isMadeByAbly(key: string): boolean {
  return MADE_BY_ABLY.test(key) || MADE_EARLIER.test(key);
}

/** The rights in a credential: names that the app has chosen. */
function channelsIn(text: string): string {
  const { capability, 'x-ably-capability': claimed } = readJsonObject(text) ?? {};
  return JSON.stringify([capability, claimed]).replaceAll('\\', '');
}

/** As JSON and addresses are read, JSON within JSON too. */
function unescaped(text: string): string {
  return text
    .replace(/\\u([0-9a-f]{4})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\[nrtbf]/g, ' ')
    .replaceAll('\\', '')
    .replace(/%([2-7][0-9a-f])/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}
