/**
 * How each platform writes down the claims that it verified, brought to one shape. Nothing is guessed: a text stays a
 * text unless the config says that its claim is a list, a number or a boolean, or a user who may choose his nickname
 * would call himself `[admin]` and be one.
 */
import type { PlatformVerifier } from '../http.ts';

export type Claims = Readonly<Record<string, unknown>>;

/** What the values of claims are that a gateway writes as text. One that cannot be read so is left out. */
export interface ClaimShapes {
  /**
   * Claims that are lists at the issuer, and that no user can write. An HTTP API shows them as `[a b]`, a Cognito
   * authorizer as `a,b`: an element with a blank, or a comma, cannot be told from two.
   */
  readonly arrayClaims?: readonly string[];
  readonly numberClaims?: readonly string[];
  readonly booleanClaims?: readonly string[];
}

/** @param claims as they came; not changed */
export function readPlatformClaims(claims: Claims, from: PlatformVerifier, shapes: ClaimShapes): Claims {
  if (from === 'iam') return readIam(claims);
  const read = new Map(Object.entries(claims));
  if (from === 'lambda') read.delete('integrationLatency');
  const reshape = (names: readonly string[] | undefined, as: (value: unknown) => unknown) => {
    for (const name of names ?? []) {
      if (!read.has(name)) continue;
      const value = as(read.get(name));
      if (value === undefined) read.delete(name);
      else read.set(name, value);
    }
  };
  reshape(shapes.arrayClaims, (value) => listIn(value, from));
  reshape(shapes.numberClaims, numberIn);
  reshape(shapes.booleanClaims, (value) => (typeof value === 'boolean' ? value : BOOLEANS.get(value)));
  return Object.fromEntries(read);
}

const BOOLEANS: ReadonlyMap<unknown, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

function listIn(value: unknown, from: PlatformVerifier): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string') return undefined;
  if (from === 'cognito') return elements(value.split(','));
  // An issuer may write a list of one as a plain text (RFC 7519 does so for `aud`).
  if (from === 'jwt') return /^\[.*\]$/s.test(value) ? elements(value.slice(1, -1).split(' ')) : [value];
  return jsonList(value);
}

function elements(parts: readonly string[]): readonly string[] {
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** The context of a Lambda authorizer of a REST API has plain values only: what was a list is its JSON. */
function jsonList(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function numberIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^-?\d{1,15}(\.\d{1,15})?(e\+?\d{1,2})?$/i.test(value)) return undefined;
  return Number(value);
}

/** As a REST API's Cognito authorizer writes times: `Thu Mar 07 20:16:40 UTC 2019`. */
const COGNITO_DATE = /^[A-Z][a-z]{2} [A-Z][a-z]{2} \d{1,2} \d{2}:\d{2}:\d{2} UTC \d{4}$/;

/** Seconds since the epoch, `undefined` without the claim. */
export function epochSeconds(claims: Claims, name: string): number | 'unreadable' | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (value === undefined || value === null) return undefined;
  const seconds =
    typeof value === 'string' && COGNITO_DATE.test(value) ? Date.parse(value) / 1000 : (numberIn(value) ?? Number.NaN);
  return seconds >= 0 && seconds <= 8_640_000_000_000 ? seconds : 'unreadable';
}

/**
 * A REST API, an HTTP API and a Function URL name the same facts differently. Key ids are left out: no rule needs them.
 * `unauthenticated` is what an identity pool says of those who have not signed in anywhere.
 */
function readIam(claims: Claims): Claims {
  const pool = isRecord(claims.cognitoIdentity) ? claims.cognitoIdentity : {};
  const amr: readonly unknown[] = Array.isArray(pool.amr) ? pool.amr : [];
  const unauthenticated = amr.includes('unauthenticated') || claims.cognitoAuthenticationType === 'unauthenticated';
  const facts = {
    userArn: claims.userArn,
    userId: claims.userId ?? claims.user,
    callerId: claims.callerId ?? claims.caller,
    accountId: claims.accountId,
    principalOrgId: claims.principalOrgId,
    cognitoIdentityId: pool.identityId ?? claims.cognitoIdentityId,
    cognitoIdentityPoolId: pool.identityPoolId ?? claims.cognitoIdentityPoolId,
    ...(unauthenticated && { unauthenticated }),
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined && value !== null));
}

function isRecord(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
