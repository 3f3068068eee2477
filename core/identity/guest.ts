/**
 * The source of guests: people without an account who keep the same clientId from one request to the next. Decides who
 * is a known guest, makes new ones, and says how each is to be remembered; what a guest may do is still up to a rule that
 * says `kind: 'guest'` (S1).
 *
 * Remembered in a signed cookie, or in the header `X-Ably-Auth-Guest` for clients that keep no cookies (phones) or that
 * browsers let have none (pages of another site). What was sealed and no longer holds is 401, and never silently a new
 * guest: another clientId would end the connection that it belongs to (Ably error 40102).
 */
import { randomBytes } from 'node:crypto';
import type { ConfigProblem } from '../config-problem.ts';
import { type Duration, parseDurationMs } from '../duration.ts';
import type { AuthRequest } from '../http.ts';
import { createSeal, type Seal } from '../keys/seal.ts';
import { MAX_CREDENTIAL_BYTES } from '../limits.ts';
import { mayWriteAmbient } from './ambient.ts';
import { clearCookie, cookieName, cookieValues, writeCookie } from './cookie.ts';
import type { Identified, IdentifyContext, IdentitySource, Remember, Verdict } from './identity.ts';
import { sessionSecretProblems } from './session-secrets.ts';

export interface GuestSourceOptions {
  /** 32 bytes or more each; the first seals, the second still opens what was sealed before a rotation. */
  readonly secrets: readonly string[];
  /** Begins every guest's clientId, and nobody else's (S19). Default `guest:`. */
  readonly prefix?: string;
  /** How long a guest who stays away is remembered, `1h` to `400d`. Default `30d`. Each visit in its second half renews. */
  readonly lifetime?: Duration;
}

export const GUEST_HEADER = 'X-Ably-Auth-Guest';

/** What a client sends in the header that wants to be a guest and is none yet. */
const NEW_GUEST = 'new';

/** Chrome keeps no cookie longer than 400 days. */
const MIN_LIFETIME_MS = 3_600_000;
const MAX_LIFETIME_MS = 400 * 86_400_000;
const DEFAULT_LIFETIME_MS = 30 * 86_400_000;

/** List it last: it has an identity for everyone who shows nothing. */
export function guest(options: GuestSourceOptions): IdentitySource {
  const { secrets, prefix = 'guest:', lifetime } = options;
  const seal = createSeal('guest', secrets);
  const lifetimeMs = (lifetime === undefined ? undefined : parseDurationMs(lifetime)) ?? DEFAULT_LIFETIME_MS;
  return Object.freeze({
    name: 'guest',
    // A page must write the header itself; everything else is a cookie, or is to become one.
    ambient: (request: AuthRequest) => headerValues(request).length === 0,
    kinds: ['guest'],
    clientIdPrefix: prefix,
    makesGuests: true,
    problems: [...sessionSecretProblems(secrets, 'guest'), ...optionProblems(prefix, lifetime)],
    carriesCredential: () => true,
    verify(request, context) {
      const cookie = cookieName('guest', context.secureCookies);
      const shown = headerValues(request);
      if (shown.length > 0) {
        if (shown.length > 1) return rejected('the guest header was sent twice');
        const [value = ''] = shown;
        return value === NEW_GUEST ? welcome(inHeader, context) : recognise(value, inHeader, context);
      }
      const [value, ...more] = cookieValues(request, cookie);
      const inCookie = keepInCookie(cookie);
      if (more.length > 0) return rejected('the guest cookie was sent twice', cookie);
      const mayWrite = mayWriteAmbient(request, context.allowedOrigins ?? new Set());
      if (value !== undefined) return recognise(value, mayWrite ? inCookie : undefined, context, cookie);
      if (request.headers.get('sec-fetch-site')?.[0] === 'cross-site') {
        // The browser would drop our cookie, and each renewal be another guest.
        const detail = `a guest of another site needs the header ${GUEST_HEADER}: ${NEW_GUEST}`;
        return { kind: 'rejected', reason: 'no-credential', detail };
      }
      return welcome(mayWrite ? inCookie : inHeader, context);
    },
  } satisfies IdentitySource);

  function welcome(keep: Keep, { nowMs }: IdentifyContext): Verdict {
    return { isNew: true, ...renewed(randomBytes(16).toString('base64url'), keep, nowMs) };
  }

  function recognise(value: string, keep: Keep | undefined, { nowMs }: IdentifyContext, cookie?: string): Verdict {
    if (value.length > MAX_CREDENTIAL_BYTES) return rejected('the guest credential is too large', cookie);
    const known = openGuest(seal, value);
    if (!known) return rejected('the guest credential is not one that we sealed', cookie);
    const { id, iat, exp } = known;
    if (exp * 1000 <= nowMs) return rejected('the guest was away for too long', cookie, 'expired-credential');
    if (keep && nowMs / 1000 - iat > (exp - iat) / 2) return renewed(id, keep, nowMs);
    return { kind: 'identified', identity: identityOf(id, exp) };
  }

  function renewed(id: string, keep: Keep, nowMs: number): Identified {
    const iat = Math.floor(nowMs / 1000);
    const exp = iat + lifetimeMs / 1000;
    const remember = keep(seal.seal(JSON.stringify({ id, iat, exp } satisfies SealedGuest)), lifetimeMs / 1000);
    return { kind: 'identified', identity: identityOf(id, exp), remember };
  }
}

/** The Set-Cookie value with which a browser forgets its guest: for a login, or for a shared computer. */
export function clearGuestCookie(options: { readonly secureCookies?: boolean } = {}): string {
  return clearCookie(cookieName('guest', options.secureCookies ?? true));
}

interface SealedGuest {
  readonly id: string;
  readonly iat: number;
  readonly exp: number;
}

type Keep = (sealed: string, lifetimeSeconds: number) => Remember;

const inHeader: Keep = (sealed) => ({ headers: [[GUEST_HEADER, sealed]] });

function keepInCookie(name: string): Keep {
  return (sealed, lifetimeSeconds) => ({ cookies: [writeCookie(name, sealed, lifetimeSeconds)] });
}

/** An empty value is no credential (S2). */
function headerValues(request: AuthRequest): readonly string[] {
  const values = request.headers.get('x-ably-auth-guest');
  return values === undefined ? [] : values.map((value) => value.trim()).filter((value) => value !== '');
}

/** Only `renewed` above can have made it, under the same label: its shape needs no second check. */
function openGuest(seal: Seal, value: string): SealedGuest | undefined {
  const payload = seal.open(value);
  return payload === undefined ? undefined : (JSON.parse(payload) as SealedGuest);
}

function identityOf(id: string, exp: number) {
  return { source: 'guest', subject: id, kind: 'guest', claims: { sub: id }, expiresAtMs: exp * 1000 } as const;
}

function rejected(
  detail: string,
  cookie?: string,
  reason: 'bad-credential' | 'expired-credential' = 'bad-credential',
): Verdict {
  return { kind: 'rejected', reason, detail, ...(cookie !== undefined && { clearCookies: [cookie] }) };
}

function optionProblems(prefix: string, lifetime: Duration | undefined): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  // That it is fit for a clientId is checked of every source (check-sources.ts).
  if (typeof prefix !== 'string' || prefix.length < 2 || prefix.length > 32) {
    const problem = 'it is not a text of 2 to 32 characters';
    problems.push({ setting: 'guest({ prefix })', problem, fix: 'Leave it out for guest:' });
  }
  const lifetimeMs = lifetime === undefined ? DEFAULT_LIFETIME_MS : parseDurationMs(String(lifetime));
  if (lifetimeMs === undefined || lifetimeMs < MIN_LIFETIME_MS || lifetimeMs > MAX_LIFETIME_MS) {
    const problem = 'it is not a duration from 1h to 400d';
    problems.push({ setting: 'guest({ lifetime })', problem, fix: 'Leave it out for 30d' });
  }
  return problems;
}
