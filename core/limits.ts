/**
 * Every number that Ably imposes or that we bound ourselves with, its unit in its name, its source beside it.
 * What is refused when a number is exceeded is decided where it is used.
 */

/** Longest life of a token (https://ably.com/docs/auth/token, "Token TTL limits"). Above it: Ably error 40003. */
export const MAX_TTL_MS = 24 * 60 * 60 * 1000;

/** The same for a key with revocable tokens, whether the token is created or presented (docs/auth/revocation). */
export const MAX_REVOCABLE_TTL_MS = 60 * 60 * 1000;

/** What Ably itself assumes when a ttl is left out (TK2a); we always send one. */
export const DEFAULT_TTL_MS = 60 * 60 * 1000;

/** Below this a client would renew without pause: Ably prompts about 30 s before the end. Our bound (S8). */
export const MIN_TTL_MS = 60 * 1000;

/** How long a TokenRequest may wait to be redeemed: Ably's window around its timestamp (error 40104). */
export const TOKEN_REQUEST_WINDOW_MS = 120 * 1000;

/** Ably gives a nonce a minimum of 16 characters (RSA9c). */
export const MIN_NONCE_CHARS = 16;

/** A clientId, in UTF-8. Ably documents no limit; it rides in headers, URLs and every message (S5, ours). */
export const MAX_CLIENT_ID_BYTES = 256;

/** A JWT as text. It is base64-encoded into an HTTP header that many servers cap at 8 KB (docs/auth/token/jwt). */
export const MAX_JWT_BYTES = 6_000;

/** A TokenRequest or TokenDetails as JSON: clients refuse more (RSA4f). */
export const MAX_TOKEN_JSON_BYTES = 128 * 1024;

/** A request body (S15, ours). */
export const MAX_BODY_BYTES = 64 * 1024;

/** One credential: a bearer token or a cookie value (S15, ours). */
export const MAX_CREDENTIAL_BYTES = 16 * 1024;

/** Nesting of a JSON body or parameter (S15, ours). */
export const MAX_JSON_DEPTH = 4;

/** Resources that a client may name in one request (S15, ours). */
export const MAX_REQUESTED_RESOURCES = 100;

/** One of them, in UTF-8: a longer one is no channel that we would grant (ours). */
export const MAX_REQUESTED_RESOURCE_BYTES = 512;

/** The header that names what was not given: proxies cap all headers together at 8 KB or more (ours). */
export const MAX_REFUSED_HEADER_BYTES = 2_048;

/** Checks of one request that run at the same time: each is likely a query to the app's database (ours). */
export const MAX_PARALLEL_CHECKS = 16;

/** A signed grant as text. A cookie holds 4,096 bytes with its name and attributes (RFC 6265bis 5.6). */
export const MAX_SIGNED_GRANT_BYTES = 3_500;

/** Grants that are stored for one subject, in all sessions together; the oldest make room (ours). */
export const MAX_STORED_GRANTS = 1_000;

/** The record that holds them (ours, below MAX_RECORD_BYTES). */
export const MAX_GRANT_RECORD_BYTES = 96 * 1024;

/** Resources that narrowing may make beyond those granted, where wildcards of both sides cross (ours). */
export const MAX_CROSSED_RESOURCES = 1_000;

/** Elements of a list that a channel template expands to (S6, ours). */
export const MAX_TEMPLATE_LIST_ELEMENTS = 100;

/** A revocation key, in UTF-8. Ably documents no limit; it rides in every token of the group (ours). */
export const MAX_REVOCATION_KEY_BYTES = 256;

/** An Ably token: the longest literal that Ably documents (docs/api/rest-api, "Token string length"). */
export const MAX_ABLY_TOKEN_CHARS = 343;

/** A session secret, in bytes: the size of the hash that it keys (RFC 2104 section 3). */
export const MIN_SESSION_SECRET_BYTES = 32;

/** Targets in one call of Ably's revokeTokens (docs/auth/revocation). */
export const MAX_REVOCATION_TARGETS = 100;

/** Targets in one request to our revoke endpoint (ours): ten calls for each of two keys. */
export const MAX_REVOKE_REQUEST_TARGETS = 1_000;
