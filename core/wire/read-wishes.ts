/**
 * Reads what the client asks for from the query and the body: `capability`, `clientId` and `ttl`, Ably's own names.
 *
 * SDKs add much that means nothing here (`rnd`, `format`, `timestamp`, `nonce`, the app's own parameters): ignored. A
 * parameter that means something and is there twice, or differs between query and body, is refused: two readers of the
 * request could disagree about it (S15). What is asked for is only read here; whether it may be is policy's to say.
 */
import type { AuthRequest, NameValue } from '../http.ts';
import type { Wishes } from '../policy/wishes.ts';
import { malformed, readForm } from './read-body.ts';

type Asked = ReadonlyMap<string, string>;

const ALWAYS_READ: ReadonlySet<string> = new Set(['capability', 'clientId']);
const READ_WITH_TTL: ReadonlySet<string> = new Set([...ALWAYS_READ, 'ttl']);
const NO_WISHES: Wishes = Object.freeze({});

/**
 * At once, unless something is JSON: then what reads that is loaded first.
 *
 * @throws AuthFailure `malformed-request` (400), or rejects with it; its detail names the parameter, never its value
 */
export function readWishes(
  request: AuthRequest,
  options: { readonly honourRequestedTtl: boolean },
): Wishes | Promise<Wishes> {
  const meaningful = options.honourRequestedTtl ? READ_WITH_TTL : ALWAYS_READ;
  const form = readForm(request);
  const asked = form && askedIn(request.query, form, meaningful);
  if (!asked || asked.get('capability')) return readWithJson(request, meaningful);
  return asked.size === 0 ? NO_WISHES : readTexts(asked);
}

async function readWithJson(request: AuthRequest, meaningful: ReadonlySet<string>): Promise<Wishes> {
  const { readBody, readCapability } = await import('./read-json.ts');
  const asked = askedIn(request.query, readBody(request, meaningful), meaningful);
  const capability = asked.get('capability');
  return { ...readTexts(asked), ...(capability && { requestedCapability: readCapability(capability) }) };
}

function readTexts(asked: Asked): Wishes {
  const clientId = asked.get('clientId');
  const ttl = asked.get('ttl');
  return {
    // ably-js sends an empty clientId for `clientId: null`: that is not asking for one.
    ...(clientId && { requestedClientId: clientId }),
    ...(ttl && { requestedTtlMs: readTtlMs(ttl) }),
  };
}

function askedIn(query: readonly NameValue[], body: readonly NameValue[], meaningful: ReadonlySet<string>): Asked {
  const asked = once(query, meaningful);
  for (const [name, value] of once(body, meaningful)) {
    const inQuery = asked.get(name);
    if (inQuery !== undefined && inQuery !== value) throw malformed(`${name} differs between query and body`);
    asked.set(name, value);
  }
  return asked;
}

function once(pairs: readonly NameValue[], meaningful: ReadonlySet<string>): Map<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (!meaningful.has(name)) continue;
    if (values.has(name)) throw malformed(`${name} comes twice`);
    values.set(name, value);
  }
  return values;
}

function readTtlMs(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw malformed('ttl is not a whole number of milliseconds');
  return Number(text);
}
