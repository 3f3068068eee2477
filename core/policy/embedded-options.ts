/**
 * What a config says about the app's own JWT in the format `embedded-jwt`, and whether it makes sense. How the JWT is
 * written is decided in token/embedded-jwt.ts.
 */
import type { ConfigProblem } from '../config-problem.ts';
import { MIN_SESSION_SECRET_BYTES } from '../limits.ts';
import { type Environment, sessionSecrets } from '../settings.ts';
import { type OuterJwt, outerSecret } from '../token/embedded-jwt.ts';
import { type CompiledExtras, compileExtras } from './compile-extras.ts';
import { createShapeCheck, kindOf } from './shape-check.ts';

export interface EmbeddedJwtOptions {
  /** Signs the outer JWT (HS256), 32 bytes or more. Default: `ABLY_AUTH_EMBEDDED_SECRET`. */
  readonly secret?: string;
  /** What is inside: an Ably JWT, which costs no call, or an Ably token, which costs one. Default `jwt`. */
  readonly carries?: 'jwt' | 'ably-token';
  /** Where Ably finds it. Default `header`. */
  readonly place?: 'header' | 'payload';
  /** Encrypts the outer claims (JWE, `dir` with A256GCM). The embedded credential stays readable. Default false. */
  readonly encrypted?: boolean;
  /** `iss` of the outer JWT. Default: none. */
  readonly issuer?: string;
  /** `aud` of the outer JWT. Default: none. */
  readonly audience?: string;
  /** Further claims of it, beside `sub`, `iat` and `exp`; text may have `{claim}` templates. */
  readonly claims?: Readonly<Record<string, string | number | boolean>>;
}

export interface CompiledEmbedding {
  readonly outer: OuterJwt;
  readonly carries: 'jwt' | 'ably-token';
  /** The same for every caller. */
  readonly fixed: Readonly<Record<string, string>>;
  readonly claims: CompiledExtras;
}

const KNOWN = ['secret', 'carries', 'place', 'encrypted', 'issuer', 'audience', 'claims'];

/** @returns `undefined` beside a new problem */
export function compileEmbedding(
  written: EmbeddedJwtOptions,
  env: Environment,
  problems: ConfigProblem[],
): CompiledEmbedding | undefined {
  const before = problems.length;
  const setting = 'embeddedJwt';
  const check = createShapeCheck(problems);
  if (!check.object(written, setting, [], KNOWN)) return undefined;
  const {
    carries = 'jwt',
    place = 'header',
    encrypted = false,
    issuer,
    audience,
    claims,
  }: EmbeddedJwtOptions = written;
  check.oneOf(carries, `${setting}.carries`, ['jwt', 'ably-token']);
  check.oneOf(place, `${setting}.place`, ['header', 'payload']);
  if (issuer !== undefined) check.text(issuer, `${setting}.issuer`);
  if (audience !== undefined) check.text(audience, `${setting}.audience`);
  if (typeof encrypted !== 'boolean') {
    check.report(`${setting}.encrypted`, `it is ${kindOf(encrypted)}`, 'Write true or false');
  }
  if (encrypted && place === 'payload') {
    const fix = 'Leave place out: Ably cannot read what is encrypted, so the credential stands in the header';
    check.report(`${setting}.place`, 'it stands beside encrypted', fix);
  }
  const secret = readSecret(written, env, problems);
  const compiled = compileExtras(claims === undefined ? {} : { claims }, setting, problems);
  if (problems.length > before) return undefined;
  return {
    outer: { secret: outerSecret(secret, encrypted), place, encrypted },
    carries,
    fixed: { ...(issuer !== undefined && { iss: issuer }), ...(audience !== undefined && { aud: audience }) },
    claims: compiled,
  };
}

function readSecret({ secret }: EmbeddedJwtOptions, env: Environment, problems: ConfigProblem[]): string {
  const setting = secret === undefined ? 'ABLY_AUTH_EMBEDDED_SECRET' : 'embeddedJwt.secret';
  const text = secret ?? env.ABLY_AUTH_EMBEDDED_SECRET ?? '';
  const short = typeof text !== 'string' || Buffer.byteLength(text) < MIN_SESSION_SECRET_BYTES;
  if (text === '' || short) {
    const problem = text === '' ? 'it is not set' : `it is shorter than ${MIN_SESSION_SECRET_BYTES} bytes`;
    problems.push({ setting, problem, fix: 'Set it to 32 random bytes or more; your own servers verify with it' });
  } else if (sessionSecrets(env).includes(text)) {
    const fix = 'Give each its own: whoever verifies the one could write the other';
    problems.push({ setting, problem: 'it is the session secret as well', fix });
  }
  return text;
}
