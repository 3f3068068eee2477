/**
 * Who is an operator to the question after health: whoever shows `ABLY_AUTH_OPERATOR_SECRET`, as a bearer token.
 *
 * A secret of its own and not an identity, because it must count where the config that would know identities is what is
 * wrong, and because a monitor has no session. It opens the details of `?health` and nothing else.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { ConfigProblem } from '../config-problem.ts';
import type { AuthRequest } from '../http.ts';
import { MAX_CREDENTIAL_BYTES, MIN_SESSION_SECRET_BYTES } from '../limits.ts';
import { type Environment, listIn } from '../settings.ts';

const SETTING = 'ABLY_AUTH_OPERATOR_SECRET';

/** `absent`: nothing that is ours to judge was shown. `refused`: something was, and it is not the secret. */
export type OperatorCheck = 'absent' | 'operator' | 'refused';

export function checkOperator(request: AuthRequest, env: Environment): OperatorCheck {
  const secrets = secretsIn(env).filter(isLongEnough);
  const shown = request.headers.get('authorization') ?? [];
  // Where there is no such secret, a bearer token is meant for somebody else: a gateway's authorizer in front of us.
  if (secrets.length === 0 || !shown.some((value) => /^\s*bearer(\s|$)/i.test(value))) return 'absent';
  const [, token = ''] = /^bearer +(\S+)$/i.exec(shown[0]?.trim() ?? '') ?? [];
  if (shown.length !== 1 || token.length > MAX_CREDENTIAL_BYTES) return 'refused';
  // Each is compared, whichever it is, and by hashes: nothing is told by how long it takes, not even a length (S16).
  const hit = secrets.map((secret) => timingSafeEqual(hash(secret), hash(token))).includes(true);
  return hit ? 'operator' : 'refused';
}

export function operatorSecretProblems(env: Environment): readonly ConfigProblem[] {
  const secrets = secretsIn(env);
  const fix = `Set it to a random value of ${MIN_SESSION_SECRET_BYTES} bytes or more without spaces, while rotating to two separated by a comma`;
  const problem = `a secret is shorter than ${MIN_SESSION_SECRET_BYTES} bytes, or holds a space, or there are more than two`;
  const isFit = secrets.length <= 2 && secrets.every((secret) => isLongEnough(secret) && !/\s/.test(secret));
  return isFit ? [] : [{ setting: SETTING, problem, fix }];
}

function secretsIn(env: Environment): readonly string[] {
  return listIn(env[SETTING] ?? '');
}

function isLongEnough(secret: string): boolean {
  return Buffer.byteLength(secret) >= MIN_SESSION_SECRET_BYTES;
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
