/**
 * What docs/errors.md says of each refusal beyond the table and its remedy: when it happens, what the developer of the
 * client does, what the operator does. A new refusal does not compile without.
 */
import type { FailureReason } from '../../core/errors.ts';

export interface ErrorNote {
  readonly when: string;
  readonly developer: string;
  readonly operator: string;
}

const SIGN_IN =
  'Show the login. After it, close the client and make a new one: a connection never changes its clientId.';
const WAIT =
  'Nothing: the SDK asks again by itself, our helper after `Retry-After`. A live connection stays up meanwhile.';
const CLOSE = 'Tell the user and close the client; a new one gets the same answer until something has changed.';

export const ERROR_NOTES: Readonly<Record<FailureReason, ErrorNote>> = {
  'malformed-request': {
    when: 'A parameter came twice with different values, a body is too large or is no form and no JSON object, or `capability`, `ttl` or `resources` cannot be read.',
    developer:
      'Read the message: to a caller who is let in, as an anonymous visitor too, it names the parameter and what is wrong with it, as `resources names 101 resources, 100 at most`. Look at what `authParams` and `tokenParams` make of your values: a list in `resources` is one JSON text.',
    operator: 'Nothing, unless a proxy rewrites requests. The log has the same detail: the parameter, never its value.',
  },
  'method-not-allowed': {
    when: 'Another method than GET, POST or OPTIONS.',
    developer: 'Set `authMethod` to `GET` or `POST`.',
    operator: 'Nothing. Health checks ask by GET: `?health`.',
  },
  'post-only': {
    when: 'The revoking endpoint was asked by another method than POST.',
    developer: 'Send POST with a JSON body.',
    operator: 'Nothing.',
  },
  'get-only': {
    when: '`?health` was asked by another method than GET or HEAD.',
    developer: 'Leave a parameter called `health` out of requests for a credential.',
    operator: 'Let the load balancer check by GET.',
  },
  'no-credential': {
    when: 'No source found a credential of its own form, and no source for anonymous callers or guests is configured. Also a guest from another site who sends no guest header.',
    developer: `${SIGN_IN} Of another origin, cookies travel only with \`authHeaders: { authorization: 'cookie' }\` in exactly that spelling.`,
    operator:
      'If callers are signed in: is the source configured, does the cookie reach this host, is the name of the header right?',
  },
  'bad-credential': {
    when: 'A credential was there and did not verify: signature, issuer, audience, a form that is broken, two of them. The answer clears a cookie of ours that is bad.',
    developer: SIGN_IN,
    operator:
      'If it is everybody: the session secret or the identity provider’s settings were changed on one side only. The detail says which check failed.',
  },
  'expired-credential': {
    when: 'The session, or the token of the identity provider, has ended.',
    developer:
      'Refresh the session and ask again; show the login when that fails. Give the SDK a fresh token in each `authCallback`, not the one of the page’s start.',
    operator:
      "If it is everybody at once: look at the function’s clock: with `clock: 'learn'`, `?health` shows how wrong it is.",
  },
  'session-ending': {
    when: 'Less than a minute is left of the session, and a token never outlives it.',
    developer: 'Refresh the session before it ends.',
    operator:
      'Sessions that are as short as a token lives make every renewal end here: lengthen them, or shorten `ttl`.',
  },
  'signed-out': {
    when: 'The session was signed out, alone or with all others of the caller.',
    developer: SIGN_IN,
    operator: 'Wanted, as a rule. The bans and sign-outs that hold are in the store; `lift` undoes one.',
  },
  'anonymous-not-allowed': {
    when: 'Nobody is signed in, an anonymous source is configured, and no rule grants anonymous callers anything.',
    developer: 'Show the login.',
    operator: '`explain` without claims shows what visitors get.',
  },
  'requested-capability-empty': {
    when: 'The client asked by `capability` for a part of its rights, and nothing of that part is granted.',
    developer: 'Ask for what the rules grant, or leave `capability` out. A connection that is up keeps its old token.',
    operator: '`explain` with the caller’s claims and `--may … --on …` says which rule would have to grant it.',
  },
  'requested-capability-exceeds': {
    when: "The config says `onExcessRequest: 'refuse'`, and the client asked by `capability` for more than is granted.",
    developer: 'Ask for no more than the rules grant.',
    operator: 'Decide whether a request that is too wide should be narrowed instead.',
  },
  banned: {
    when: 'A ban of this subject holds.',
    developer: `${CLOSE} Say so in words of your own: the message is the same for every ban.`,
    operator: 'Wanted. `lift` ends a ban before its time.',
  },
  'may-not-revoke': {
    when: 'The revoking endpoint was asked by somebody whom no rule lets revoke that.',
    developer: 'Send the operator’s credential, or ask for `self` only.',
    operator: 'Check the claims of the operator’s token with `explain`.',
  },
  'no-rule': {
    when: 'The caller is known, and all rules together grant nothing: none matches, or every grant was left out because a claim is missing or unfit.',
    developer: CLOSE,
    operator:
      '`explain` with the caller’s claims shows each rule, whether it matched, and each grant that was left out.',
  },
  'foreign-client-id': {
    when: 'The client asked for a `clientId` that is not its own.',
    developer:
      'Leave `clientId` out of `ClientOptions`: the token carries it. It is also the answer when the app has forgotten to make a new client after a login.',
    operator: '`wildcardClientId: true` lets trusted callers choose.',
  },
  'unfit-client-id': {
    when: 'The `clientId` that the rules make of this identity is empty, too long, has control characters or `*`, or belongs to another source.',
    developer: CLOSE,
    operator: 'Take another claim for `clientId`, or `{sub|segment}`; the detail says which template.',
  },
  'unfit-revocation-key': {
    when: 'A rule gives a revocation key by a template, and this identity makes no fit text of it. Without it nobody could cut the group off.',
    developer: CLOSE,
    operator: 'See that the claim is there for all whom the rule covers, or write another rule for those without.',
  },
  'cross-site': {
    when: 'A cookie came with a request that another site caused: an `Origin` that is not listed, or `Sec-Fetch-Site` says so.',
    developer:
      'Serve the page from a listed origin. A page opened from a file has the origin `null`, which is never accepted.',
    operator:
      'List the exact origin, with scheme and port, if the page is yours. If it is not, somebody tries to use your users’ cookies.',
  },
  'key-unavailable': {
    when: 'No Ably API key can be had: the store does not answer, denies, or holds something that is no key, and no older one is in memory.',
    developer: WAIT,
    operator:
      'The detail names the setting and what the store said. With a key in memory the endpoint serves on for 24 hours.',
  },
  'identity-provider-unavailable': {
    when: 'The provider’s keys, or its answer about a session, could not be had in time. Callers whose tokens are verified by keys in memory are served on.',
    developer: WAIT,
    operator: 'See the provider’s status. Tokens that clients hold stay good until they end.',
  },
  'policy-unavailable': {
    when: 'A function of the config (`when`, `lookup`, `check`) threw, or was slower than `policyDeadlineMs`; or the store of remembered grants cannot be read.',
    developer: WAIT,
    operator: 'The detail names the rule and the function, and not what it threw: that may hold personal data.',
  },
  'store-unavailable': {
    when: 'Whether the caller was cut off cannot be asked of the store, and `onStoreOutage` is `closed`.',
    developer: WAIT,
    operator:
      "`onStoreOutage: 'open'` serves everybody meanwhile, also those who are banned: decide before the outage.",
  },
  'just-revoked': {
    when: 'The caller’s tokens were revoked a moment ago, and one issued now would be caught by that.',
    developer: WAIT,
    operator: 'If it stays, the function’s clock is behind the one that revoked.',
  },
  'ably-unavailable': {
    when: 'Ably did not answer in time. Only formats that need an answer: `ably-token`, `embedded-jwt` around one, `auto` where it chooses them.',
    developer: WAIT,
    operator: 'See Ably’s status. `jwt` and `token-request` are signed here and need no answer.',
  },
  'rate-limited': {
    when: 'One caller asked more often than `rateLimit` or `ABLY_AUTH_RATE_LIMIT` allows. Strangers behind one address are one caller. `Retry-After` is what is left of the window, whatever stands here.',
    developer: `${WAIT} Look for what asks in a loop: a credential is good until shortly before it expires.`,
    operator:
      "See docs/rate-limit.md for what leaves honest clients room. With a proxy of yours in front, strangers all come from its address: `strangersBy: 'nothing'`.",
  },
  'ably-limit': {
    when: 'Ably refused to issue a token because a limit of the account or a rate is reached.',
    developer: WAIT,
    operator: 'See the limits of the account; format `jwt` makes no token request at all.',
  },
  misconfigured: {
    when: 'The config or a setting is wrong; or Ably refused the key; or a grant has nothing in common with `keyCapability`.',
    developer: WAIT,
    operator:
      'The list of problems is logged once, at the start of each instance, and shown by `?health` to an operator. `lint` finds most of them before a deployment.',
  },
  'credential-too-large': {
    when: 'The credential would be larger than what clients and headers carry, because the caller is granted too many channels.',
    developer: WAIT,
    operator: "`explain` shows the size for a caller; `format: 'auto'` chooses a form with room.",
  },
  internal: {
    when: 'Something nobody expected. The answer holds the request id and nothing else.',
    developer: WAIT,
    operator: 'The log line of that request id has the kind of the error and where it was thrown. Please report it.',
  },
};
