/** Who is to be cut off, and how, read from the arguments. What is asked twice, or not at all, is asked back. */
import { parseDurationMs } from '../../core/duration.ts';
import type { RevokeTarget, TokenTarget } from '../../core/revocation/plan-target.ts';
import { CannotRun, type Options, type Values } from '../command.ts';

const WHO = 'Who, in the place of TARGET:';
const HOW = 'How; left out, tokens are revoked and nobody is refused:';

export const ORDER_OPTIONS = {
  source: { value: 'NAME', about: 'a person, by the identity source that knows them', group: WHO },
  subject: { value: 'ID', about: 'and by their id there', group: WHO },
  'client-id': { value: 'ID', about: 'their clientId, where a rule makes it of a template', group: WHO },
  'revocation-key': {
    value: 'KEY',
    about: 'the group that their tokens name, in the place of the clientId',
    group: WHO,
  },
  ban: { value: 'DURATION', about: 'refuses them with 403 for so long: 2h, 7d', group: HOW },
  'sign-out': { about: 'refuses with 401 what was signed in before now; signing in again works', group: HOW },
  session: { value: 'ID', about: 'with --sign-out: only this session', group: HOW },
  lift: { about: 'ends a ban, and forgets sign-outs', group: HOW },
  reauth: { about: 'live clients renew within 30 s instead of being cut', group: HOW },
} as const satisfies Options;

const TYPES: readonly TokenTarget['type'][] = ['clientId', 'revocationKey', 'channel'];

export interface Order {
  readonly target: RevokeTarget;
  readonly action:
    | { readonly kind: 'ban'; readonly duration: string; readonly durationMs: number }
    | { readonly kind: 'sign-out'; readonly sessionId: string | undefined }
    | { readonly kind: 'lift' }
    | { readonly kind: 'none' };
  readonly allowReauthMargin: boolean;
}

/** @throws CannotRun */
export function readOrder(target: string | undefined, values: Values<typeof ORDER_OPTIONS>): Order {
  return { target: readTarget(target, values), action: readAction(values), allowReauthMargin: values.reauth === true };
}

function readTarget(text: string | undefined, values: Values<typeof ORDER_OPTIONS>): RevokeTarget {
  const { source, subject, 'client-id': clientId, 'revocation-key': revocationKey } = values;
  const isPerson = [source, subject, clientId, revocationKey].some((value) => value !== undefined);
  if (text === undefined) {
    if (!source || !subject) throw new CannotRun('Say who: clientId:bob, or --source NAME --subject ID.');
    return { source, subject, ...(clientId && { clientId }), ...(revocationKey && { revocationKey }) };
  }
  if (isPerson) throw new CannotRun('Either a target or a person, not both.');
  const colon = text.indexOf(':');
  const type = TYPES.find((known) => known === text.slice(0, colon));
  if (type === undefined || colon === text.length - 1) {
    throw new CannotRun(`A target is ${TYPES.map((known) => `${known}:…`).join(', ')}.`);
  }
  return { type, value: text.slice(colon + 1) };
}

function readAction(values: Values<typeof ORDER_OPTIONS>): Order['action'] {
  const { ban, 'sign-out': signOut, session, lift } = values;
  if ([ban, signOut, lift].filter((value) => value !== undefined).length > 1) {
    throw new CannotRun('At most one of --ban, --sign-out and --lift.');
  }
  if (session !== undefined && !signOut) throw new CannotRun('--session belongs to --sign-out.');
  if (signOut) return { kind: 'sign-out', sessionId: session };
  if (lift) return { kind: 'lift' };
  if (ban === undefined) return { kind: 'none' };
  const durationMs = parseDurationMs(ban);
  if (!durationMs) throw new CannotRun('--ban is a whole number and its unit: 90s, 15m, 2h, 7d.');
  return { kind: 'ban', duration: ban, durationMs };
}
