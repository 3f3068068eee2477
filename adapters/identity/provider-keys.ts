/**
 * Where the keys of the trusted issuers are: at an address of the config, or where the issuer's own discovery document
 * says (OpenID Connect Discovery 1.0, 4). Never where a token says.
 */
import { fetchDocument, ProviderError } from './fetch-document.ts';
import { createKeySet, type FoundKeys, type KeySet } from './key-set.ts';
import { parseObject, readJwks } from './read-jwks.ts';
import { type AddressBook, isSafeAddress } from './safe-address.ts';

export interface TrustedIssuer {
  /** Exactly as its tokens have it in `iss`. */
  readonly issuer: string;
  /** Default: what its discovery document says. */
  readonly jwksUrl?: string;
}

/** The keys for a token whose unverified header and `iss` say this. */
export type FindKeys = (
  header: { readonly alg: string; readonly kid: string | undefined },
  iss: unknown,
  nowMs: number,
) => Promise<FoundKeys>;

export function createProviderKeys(issuers: readonly TrustedIssuer[], addressBook?: AddressBook): FindKeys {
  const byAddress = new Map<string, KeySet>();
  const byIssuer = new Map<unknown, KeySet>();
  for (const { issuer, jwksUrl } of issuers) {
    // Issuers that share their keys share one set: Google has two spellings of its own name.
    const address = jwksUrl ?? `discovery of ${issuer}`;
    const keys = byAddress.get(address) ?? createKeySet(keyLoader(issuer, jwksUrl, addressBook));
    byAddress.set(address, keys);
    byIssuer.set(issuer, keys);
  }
  return async ({ alg, kid }, iss, nowMs) => {
    const keys = byIssuer.get(iss);
    // Which of several keys to try is not guessed.
    return keys && kid !== undefined ? keys.find(kid, alg, nowMs) : { kind: 'unknown' };
  };
}

function keyLoader(issuer: string, jwksUrl: string | undefined, addressBook: AddressBook | undefined) {
  let discovered: string | undefined;
  return async () => {
    const address = jwksUrl ?? discovered ?? (await discover(issuer, addressBook));
    // Forgotten until these keys are there: an issuer may have moved them, and says so in its document only.
    discovered = undefined;
    const keys = readJwks(await fetchDocument(address, 'the key document', addressBook));
    discovered = address;
    return keys;
  };
}

async function discover(issuer: string, addressBook: AddressBook | undefined): Promise<string> {
  const what = 'the discovery document';
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const document = parseObject(await fetchDocument(url, what, addressBook), what);
  if (document.issuer !== issuer) throw new ProviderError(`${what} is that of another issuer`);
  const { jwks_uri: jwksUri } = document;
  const onLoopback = issuer.startsWith('http:');
  if (typeof jwksUri !== 'string' || !isSafeAddress(jwksUri) || (!onLoopback && !jwksUri.startsWith('https:'))) {
    throw new ProviderError(`${what} names no https address of keys (jwks_uri)`);
  }
  return jwksUri;
}
