/**
 * The safety rules, one line each. Every rule that applies has a file of tests here whose titles begin with its number;
 * every-rule-is-tested.test.ts holds this table and the files together.
 */

export interface SafetyRule {
  readonly number: number;
  readonly meaning: string;
  /** `now`, or what it waits for: the rule applies as soon as anything outside of this folder imports from it. */
  readonly applies: 'now' | { readonly onceInUse: string; readonly because: string };
}

const now = (number: number, meaning: string): SafetyRule => ({ number, meaning, applies: 'now' });

export const SAFETY_RULES: readonly SafetyRule[] = [
  now(1, 'No identity, no token.'),
  now(2, 'A source owns its own form of credential: one that is present and bad ends the request and is cleared.'),
  now(3, 'What the client asks for is untrusted: it only narrows.'),
  now(4, 'A token always carries an explicit, non-empty capability.'),
  now(5, 'A clientId is fit, and the signer itself looks again.'),
  now(6, 'A value in a channel template becomes exactly one segment.'),
  now(7, 'A broad grant is written as one, with its reason.'),
  now(8, 'A token never outlives the session of its caller.'),
  now(9, 'No answer is cacheable.'),
  now(10, 'No secret, credential or claim value in a log, an error, a message or a stack.'),
  now(11, 'No secret is needed to build, import or start; a deployed function never throws at import.'),
  now(12, 'An outage never becomes a refusal for good, and never "not found".'),
  now(13, 'Other origins read answers by an exact allow-list only.'),
  now(14, 'What a browser attaches by itself counts only where no other site can have caused the request.'),
  now(15, 'Bounded before parsed; what can be read in two ways is refused.'),
  now(16, 'Constant-time comparisons, nonces from a CSPRNG, a key of its own for every purpose.'),
  now(17, 'A JWT is verified by pinned algorithms, issuer and audience; nothing that we issue is an identity.'),
  now(18, 'The local server runs on a developer’s machine only.'),
  now(19, 'A clientId belongs to one source.'),
  now(20, 'Who has been cut off gets no token, in whatever order things happen, under whatever clientId.'),
];
