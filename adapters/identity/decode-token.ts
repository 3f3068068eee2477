/**
 * Reads what a token says of itself, in one way only, before its signature is looked at. Nothing here makes it true.
 *
 * Stricter than the library that verifies it (docs/decisions/0011-jwt-verifier.md), because what two readers could read
 * differently is refused (S15): base64url in its one spelling, each name once, UTF-8. Refuses headers that bring or
 * point to a key of their own, whatever asks to be understood (`crit`), and encrypted tokens.
 *
 * RFC 7515 (JWS), RFC 7519 (JWT), RFC 8725 (best current practices), RFC 9068 (`at+jwt`).
 */
import { MAX_CREDENTIAL_BYTES } from '../../core/limits.ts';
import { parseBoundedJson } from '../../core/wire/bounded-json.ts';
import { isRecord, type JsonObject, namesComeTwice } from './json-names.ts';
import { ourMark } from './not-ours.ts';

export interface DecodedToken {
  readonly alg: string;
  /** Absent from some tokens under a shared secret; who needs it refuses. */
  readonly kid: string | undefined;
  readonly header: JsonObject;
  /** Untrusted until the signature over exactly this text has been verified. */
  readonly claims: JsonObject;
}

export type Decoding = DecodedToken | { readonly problem: string };

/** They would let the sender choose the key (RFC 8725, 3.10), or change what is signed (RFC 7797). */
const REFUSED_HEADERS = ['crit', 'jku', 'jwk', 'x5u', 'x5c', 'b64', 'enc', 'zip'];

/** Long enough for every provider's; no path that climbs, no URL, no control character. */
const KID = /^(?!.*(?:\.\.|:\/\/))[\x21-\x7e]{1,256}$/;

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @param padded whether `=` may end a part, as the AWS load balancers write it against RFC 7515 */
export function decodeToken(token: string, padded = false): Decoding {
  if (token.length > MAX_CREDENTIAL_BYTES) return { problem: 'the token is too large' };
  const parts = token.split('.');
  if (parts.length === 5) return { problem: 'the token is encrypted (JWE); a signed one is needed' };
  if (parts.length !== 3) return { problem: 'the token is no JWT' };
  const [headerText, claimsText] = parts.map((part) => textOf(part, padded));
  if (headerText === undefined || claimsText === undefined) return { problem: 'the token is not base64url of UTF-8' };
  if (!isBase64url(parts[2] ?? '', padded)) return { problem: 'the signature is not base64url' };

  const parsed = parseBoundedJson(headerText);
  if (!parsed.ok) return { problem: `the header is unfit: ${parsed.problem}` };
  if (!isRecord(parsed.value)) return { problem: 'the header is no JSON object' };
  const header = parsed.value;
  const problem = headerProblem(header);
  if (problem !== undefined) return { problem };

  const claims = parseClaims(claimsText);
  if (claims === undefined) return { problem: 'the claims are no JSON object' };
  if (namesComeTwice(claimsText, claims)) return { problem: 'a claim comes twice' };
  const ours = ourMark(header, claims);
  if (ours !== undefined) return { problem: ours };
  return { alg: String(header.alg), kid: header.kid as string | undefined, header, claims };
}

function headerProblem({ alg, kid, typ, cty, ...header }: JsonObject): string | undefined {
  const refused = REFUSED_HEADERS.find((name) => Object.hasOwn(header, name));
  if (refused !== undefined) return `the header has ${refused}, which is not accepted`;
  if (typeof alg !== 'string' || alg === '') return 'the header names no algorithm';
  if (kid !== undefined && (typeof kid !== 'string' || !KID.test(kid))) return 'the kid is not one';
  // Logout tokens, DPoP proofs and their like come from the same issuer with the same key (RFC 8725, 3.11).
  if (typ !== undefined && !(typeof typ === 'string' && /^(application\/)?((at\+)?jwt|jws)$/i.test(typ))) {
    return 'the token is of another type (typ)';
  }
  if (cty !== undefined) return 'the token holds another one (cty)';
  return undefined;
}

function parseClaims(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function textOf(part: string, padded: boolean): string | undefined {
  if (!isBase64url(part, padded)) return undefined;
  try {
    return UTF_8.decode(Buffer.from(part, 'base64url'));
  } catch {
    return undefined;
  }
}

/** The one spelling of these bytes: no foreign characters, no spare bits in the last one, padding only where agreed. */
function isBase64url(part: string, padded: boolean): boolean {
  const bare = padded && part.length % 4 === 0 ? part.replace(/={1,2}$/, '') : part;
  const rest = bare.length % 4;
  // Characters whose last four, or two, bits are zero: those that end one byte, or two, beyond a multiple of three.
  const ends = rest === 2 ? 'AQgw' : rest === 3 ? 'AEIMQUYcgkosw048' : undefined;
  return rest !== 1 && /^[\w-]+$/.test(bare) && (ends === undefined || ends.includes(bare.slice(-1)));
}
