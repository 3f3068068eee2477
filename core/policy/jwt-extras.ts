/**
 * What only a JWT can say beside the rights: user claims, publishing rates, a group to revoke by, claims of the app's
 * own. Its written form, for a config and for its rules; read by compile-extras.ts, and filled for a caller by
 * fill-extras.ts.
 *
 * Of each claim the first matching rule that names it decides, and what the config says comes after all rules. A claim
 * that cannot be filled is left out and reported; it does not fall to the next.
 *
 * Spec: https://ably.com/docs/auth/token/jwt
 */

/**
 * Text with `{claim}` placeholders; one placeholder takes any text, several take one segment each, as in a clientId. An
 * object becomes JSON text, in which no value can be more than a value: `{ role: '{role}', badge: 'gold' }`.
 */
export type UserClaim = string | Readonly<Record<string, string | number | boolean>>;

export interface JwtExtras {
  /**
   * Channel, `ns:*` or `*`, to what Ably copies to `extras.userClaim` of the messages that the client publishes there;
   * the most specific wins. The channel may have `{claim}` templates, of one segment each as in a grant. Anybody who
   * receives the message can read it and rely on it: the client cannot write it. (`ably.channel.*`)
   */
  readonly channelClaims?: Readonly<Record<string, UserClaim>>;
  /** The same for rooms of Ably Chat, by the room's name. (`ably.room.*`) */
  readonly roomClaims?: Readonly<Record<string, UserClaim>>;
  /**
   * Channel, `ns:*` or `*`, to how many messages a second one attachment may publish there: more than 0, fractions are
   * fine (0.1 is one in ten seconds). No templates: what could not be filled would lift the limit.
   * (`ably.limits.publish.perAttachment.maxRate.*`)
   */
  readonly publishRates?: Readonly<Record<string, number>>;
  /**
   * Template of a group by which tokens can be revoked together: `team-{team}`. A value that is missing or unfit refuses
   * the caller with 403, because the token could not be revoked with its group; strangers are given none.
   * (`x-ably-revocation-key`)
   */
  readonly revocationKey?: string;
  /** Lets Ably count what the client does as a server's. (`x-ably-clientType`) */
  readonly clientType?: 'server';
  /** A random id of its own for each JWT. */
  readonly jti?: true;
  /** Claims of the app's own, which Ably ignores and the client can read. Neither registered names nor Ably's. */
  readonly claims?: Readonly<Record<string, string | number | boolean>>;
}

/** The claims of one JWT by their full names. */
export type FilledExtras = ReadonlyMap<string, string | number | boolean>;
