/**
 * Decodes what the endpoint answered, so that it can be looked at: a TokenRequest, an Ably JWT, or an Ably token.
 *
 * Nothing is verified here; only Ably can do that, and does. What may be shown lives in `parts`, where secrets are
 * shortened (fields.ts); the whole answer is in `forSdk` only, which is for the SDK and for nobody's eyes.
 */
import type { TokenDetails, TokenRequest } from 'ably';
import { type Capability, parseCapability } from './capability.ts';
import { type Field, fieldsOf, secretField } from './fields.ts';
import { parseRecord } from './wire.ts';

/** What a token says about its holder. Absent: the token does not say, or only Ably can read it. */
export interface TokenFacts {
  readonly clientId?: string | undefined;
  readonly capability?: Capability | undefined;
  readonly issuedAtMs?: number | undefined;
  readonly expiresAtMs?: number | undefined;
}

export type CredentialKind = 'token-request' | 'token-details' | 'jwt' | 'opaque';

export interface Credential {
  readonly kind: CredentialKind;
  /** Named groups of fields: a JWT has a header and claims, the others one group. */
  readonly parts: readonly { readonly title: string; readonly fields: readonly Field[] }[];
  /** What the answer itself says. A TokenRequest is not yet a token, so that Ably's TokenDetails say it then. */
  readonly facts: TokenFacts;
  /** The very thing that the SDK must be given. */
  readonly forSdk: TokenRequest | TokenDetails | string;
}

/** Decodes the body of a 2xx answer. @throws Error, with a sentence, when it is none of the known forms. */
export function decodeCredential(contentType: string, body: string): Credential {
  if (!contentType.startsWith('application/json'))
    return [3, 5].includes(body.split('.').length) ? decodeJwt(body) : opaque(body);
  const record = parseRecord(body);
  if (!record) throw new Error('The endpoint answered JSON that is not an object.');
  if (typeof record.token === 'string') {
    return {
      kind: 'token-details',
      parts: [{ title: 'TokenDetails', fields: fieldsOf(record) }],
      facts: tokenFacts(record),
      forSdk: record as unknown as TokenDetails,
    };
  }
  return {
    kind: 'token-request',
    parts: [{ title: 'TokenRequest', fields: fieldsOf(record) }],
    facts: {},
    forSdk: record as unknown as TokenRequest,
  };
}

/** TokenDetails as Ably gave them to the SDK, for showing. */
export function describeTokenDetails(details: TokenDetails): { fields: readonly Field[]; facts: TokenFacts } {
  const record = details as unknown as Readonly<Record<string, unknown>>;
  return { fields: fieldsOf(record), facts: tokenFacts(record) };
}

function decodeJwt(text: string): Credential {
  const [head = '', payload = '', signature = ''] = text.split('.');
  const header = parseRecord(decodeBase64Url(head));
  const claims = parseRecord(decodeBase64Url(payload));
  const embedded = stringOf(header?.['x-ably-token'] ?? claims?.['x-ably-token']);
  if (header && embedded !== undefined) return around(header, claims, text, embedded);
  if (!header || !claims) return opaque(text);
  return {
    kind: 'jwt',
    parts: [
      { title: 'JWT header', fields: fieldsOf(header) },
      { title: 'JWT claims', fields: fieldsOf(claims) },
      { title: 'JWT signature', fields: [secretField('signature', signature)] },
    ],
    facts: {
      clientId: stringOf(claims['x-ably-clientId']),
      capability: parseCapability(claims['x-ably-capability']),
      issuedAtMs: millis(claims.iat),
      expiresAtMs: millis(claims.exp),
    },
    forSdk: text,
  };
}

/** An app's own JWT: what Ably reads is what it carries. Encrypted, its claims stay closed. */
function around(
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>> | undefined,
  text: string,
  embedded: string,
): Credential {
  const inner = embedded.split('.').length === 3 ? decodeJwt(embedded) : opaque(embedded);
  return {
    kind: 'jwt',
    parts: [
      { title: 'Outer JWT header', fields: fieldsOf(header) },
      ...(claims ? [{ title: 'Outer JWT claims', fields: fieldsOf(claims) }] : []),
      ...inner.parts,
    ],
    facts: inner.facts,
    forSdk: text,
  };
}

function opaque(text: string): Credential {
  return { kind: 'opaque', parts: [{ title: 'Token', fields: [secretField('token', text)] }], facts: {}, forSdk: text };
}

function tokenFacts(record: Readonly<Record<string, unknown>>): TokenFacts {
  return {
    clientId: stringOf(record.clientId),
    capability: parseCapability(record.capability),
    issuedAtMs: typeof record.issued === 'number' ? record.issued : undefined,
    expiresAtMs: typeof record.expires === 'number' ? record.expires : undefined,
  };
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function millis(value: unknown): number | undefined {
  return typeof value === 'number' ? value * 1000 : undefined;
}

/** Text from base64url; empty when it is not that. Claims are UTF-8, which atob alone would tear. */
function decodeBase64Url(part: string): string {
  try {
    const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    return '';
  }
}
