/**
 * The first thing to do about each refusal, for the person who explains it: `explain`, the documentation. Apart from the
 * table, because no answer carries it and a cold start need not read it.
 */
import type { FailureReason } from './errors.ts';

export const REMEDIES: Readonly<Record<FailureReason, string>> = {
  'malformed-request': 'Send each parameter once, as a query, a form or a JSON object, within the documented limits.',
  'method-not-allowed': 'Set authMethod to GET or POST.',
  'post-only': 'Send POST with Content-Type: application/json, as docs/revocation.md shows.',
  'get-only': 'Ask for ?health by GET or HEAD. A request for a credential must not have a parameter of that name.',
  'no-credential': 'Send the session cookie or the authorization header that the configured identity source expects.',
  'bad-credential':
    'Read the detail, which a deployed function logs. A credential that is present and bad never falls through to another source.',
  'expired-credential': 'Nothing, when users sign in again. Otherwise lengthen the session.',
  'session-ending': 'Renew the session before it ends; a token never outlives it.',
  'signed-out': 'Nothing, when users sign in again. A sign-out by mistake is undone with "lift".',
  'anonymous-not-allowed': 'Add a rule for anonymous callers, or remove the anonymous source.',
  'requested-capability-empty':
    'Ask for channels and operations that a rule grants, or send no capability to receive all of them.',
  'requested-capability-exceeds':
    'Ask for what a rule grants, or let onExcessRequest be narrow, so that the rest is left out silently.',
  banned: 'Nothing until the ban ends. One by mistake is undone with "lift".',
  'may-not-revoke':
    'Add mayRevoke to a rule that matches this identity: "self" for themselves, "anyone" for operators.',
  'no-rule': 'Add a rule that matches this identity. If one should have, see which grants were left out.',
  'foreign-client-id': 'Leave clientId out, or send the one that the policy grants.',
  'unfit-client-id': 'A clientId is 1 to 256 bytes of UTF-8 without control characters, line separators or "*".',
  'unfit-revocation-key':
    'Give the template of revocationKey a claim that this identity has, as text of at most 256 bytes.',
  'cross-site': 'Add the exact origin to ABLY_AUTH_ALLOWED_ORIGINS.',
  'key-unavailable': 'Read the detail, which a deployed function logs: the Ably API key could not be read.',
  'identity-provider-unavailable':
    'Read the detail, which a deployed function logs: the keys of the identity provider, or its answer, could not be had.',
  'policy-unavailable':
    'Read the detail, which a deployed function logs: a function of a rule failed, or was slower than policyDeadlineMs allows.',
  'store-unavailable':
    'Read the detail, which a deployed function logs: the store could not be read. Whether to refuse or to serve meanwhile is onStoreOutage.',
  'just-revoked': 'Nothing: the client asks again. If it stays, the clock of the function is behind; see its skew.',
  'ably-unavailable':
    'Read the detail, which a deployed function logs: Ably did not answer. The other formats need no answer.',
  'rate-limited':
    'Nothing: the client asks again after Retry-After. Should honest clients meet it, raise rateLimit; a longer ttl makes them ask less often.',
  'ably-limit': 'Ably’s limit of token requests is reached. A JWT makes none; a longer ttl makes fewer.',
  misconfigured:
    'Read the detail, or the list of problems, which a deployed function logs when it starts. What a code of Ably’s means is at https://help.ably.io/error/ and the code.',
  'credential-too-large':
    'Grant fewer or broader channel patterns to this identity; a TokenRequest has room for more than a JWT.',
  internal: 'This is a bug. Look the request id up in the log.',
};
