/** How long a credential lives and when it was made: in the unit of its kind, and by a clock that is right. */
import { MAX_TTL_MS, MIN_TTL_MS } from '../../../core/limits.ts';
import { countsSeconds } from '../../time-unit.ts';
import { type Check, fails, passes, warns } from '../check.ts';
import { type Credential, isNumber, openCredentialOf, readCredential } from '../credential.ts';
import { NotChecked } from '../visit.ts';
import { BY_GET } from './ways.ts';

/** The field that says when it was made. */
const MADE_AT: Readonly<Record<Credential['kind'], string>> = {
  TokenRequest: 'timestamp',
  TokenDetails: 'issued',
  JWT: 'iat',
  token: 'issued',
};
const JWT_UNIT = [
  'its iat and exp count milliseconds',
  'Write them in seconds since 1970, as every JWT does.',
] as const;
const CAP_IT = 'Let a ttl that is asked for only shorten what the caller has anyway, or ignore it.';

function isJwtInMilliseconds({ kind, fields }: Credential): boolean {
  return kind === 'JWT' && isNumber(fields.iat) && !countsSeconds(fields.iat);
}

const ttl: Check = {
  id: 'ttl',
  title: 'The credential lives for a stated time that Ably and the SDKs can do with',
  why: 'Above 24 hours Ably refuses it (40003), below a minute clients renew without pause; ably-cocoa loses the fraction of a second, and the MAC no longer matches.',
  source: 'Ably docs, auth/token, Token TTL limits; ably-cocoa ARTTokenParams.m',
  fix: 'Sign a ttl: whole seconds, an hour or less, never longer than the caller’s own session.',
  async run(visit) {
    const found = await openCredentialOf(visit);
    const { ttlMs, kind, fields } = found;
    if (isJwtInMilliseconds(found)) return fails(...JWT_UNIT);
    if (ttlMs === undefined) {
      const said = kind === 'TokenRequest' ? fields.ttl : (fields.expires ?? fields.exp);
      if (said !== undefined && said !== null) return fails('it is no number');
      return kind === 'TokenRequest'
        ? warns('none: Ably assumes an hour, whatever is left of the caller’s session')
        : fails('none');
    }
    const seconds = `${ttlMs / 1000} s`;
    if (ttlMs > MAX_TTL_MS) return fails(`${seconds}: more than 24 hours`);
    if (ttlMs < MIN_TTL_MS) {
      const isMeantInSeconds = kind !== 'JWT' && ttlMs * 1000 >= MIN_TTL_MS && ttlMs * 1000 <= MAX_TTL_MS;
      return isMeantInSeconds
        ? fails(`${ttlMs} milliseconds, which look like seconds`, 'Sign it in milliseconds: 3600000 is an hour.')
        : fails(`${seconds}: less than a minute`);
    }
    if (kind === 'TokenRequest' && ttlMs % 1000 !== 0) return fails(`${seconds}: not whole seconds`);
    const longer = await visit.ask(BY_GET.ask([['ttl', String(MAX_TTL_MS)]]));
    const { ttlMs: askedMs = 0 } = (longer.status === 200 && readCredential(longer.body)) || {};
    // Renewals may be spread by giving each a ttl that is a little another.
    return askedMs >= 2 * ttlMs
      ? warns(`${seconds}, and ${askedMs / 1000} s for whoever asks: longer than their session, as they like`, CAP_IT)
      : passes(seconds);
  },
};

const clock: Check = {
  id: 'clock',
  title: 'The clock of the signer is right',
  why: 'Ably takes a TokenRequest up to two minutes off (40104) and a JWT that is hardly ahead of its time. Clients cannot mend it: they ask again, and get another like it.',
  source: 'Ably docs, api/token-request-spec; ably-common error 40104; docs/clocks-and-renewals.md',
  fix: 'Set the clock of the machine that signs, or clock: "learn" in the config of ours.',
  async run(visit) {
    const answer = await visit.ask();
    const credential = await openCredentialOf(visit);
    const { madeAtMs, fineMs, kind, isOpen } = credential;
    if (!isNumber(madeAtMs)) {
      if (!isOpen) throw new NotChecked('the credential does not say when it was made');
      return fails(`no ${MADE_AT[kind]} that is a number`);
    }
    if (isJwtInMilliseconds(credential)) return fails(...JWT_UNIT);
    if (kind !== 'JWT' && countsSeconds(madeAtMs))
      return fails(
        `its ${MADE_AT[kind]} counts seconds`,
        'Write it in milliseconds since 1970, as Ably counts here; no clock is wrong.',
      );
    const skewMs = beyond(madeAtMs, fineMs, answer.sentAtMs, answer.receivedAtMs);
    const server = Date.parse(answer.headers.get('date')?.[0] ?? '');
    const headSkewMs = Number.isNaN(server) ? 0 : beyond(server, 1_000, answer.sentAtMs, answer.receivedAtMs);
    const both = Math.abs(skewMs) > 5_000 && Math.abs(headSkewMs - skewMs) < 5_000;
    const seen = `${describe(skewMs)} by this machine’s clock${both ? ', and so is the Date header: it may be this clock that is wrong' : ''}`;
    const allowedMs = kind === 'JWT' && skewMs > 0 ? 60_000 : 120_000;
    if (Math.abs(skewMs) > allowedMs) return fails(seen);
    return Math.abs(skewMs) > allowedMs / 4 ? warns(seen) : passes(seen);
  },
};

/** How far a time is outside the time in which the answer was made. */
function beyond(atMs: number, fineMs: number, fromMs: number, toMs: number): number {
  if (atMs > toMs) return atMs - toMs;
  return atMs + fineMs < fromMs ? atMs + fineMs - fromMs : 0;
}

function describe(skewMs: number): string {
  const seconds = (Math.abs(skewMs) / 1000).toFixed(1);
  return skewMs === 0 ? 'right' : `${seconds} s ${skewMs > 0 ? 'ahead' : 'behind'}`;
}

export const TIMES: readonly Check[] = [ttl, clock];
