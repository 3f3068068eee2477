/** What an endpoint with one mistake is, and how ours is made into one. */
import type { Target } from '../../../cli/doctor/visit.ts';
import type { AuthEndpoint } from '../../../core/auth-endpoint.ts';
import type { AuthRequest, AuthResponse } from '../../../core/http.ts';
import type { AuthConfig } from '../../../index.ts';

export interface Broken {
  readonly title: string;
  /** What is wrong with it. */
  readonly change: (handle: AuthEndpoint['handle']) => AuthEndpoint['handle'];
  readonly config?: Partial<AuthConfig>;
  readonly target?: Partial<Target>;
  /** The check that is about this mistake, and what it must have seen. */
  readonly found: readonly [id: string, seen: RegExp];
  /** Whether that one only warns. */
  readonly isWarning?: true;
  /** Other checks that this mistake cannot but fail. */
  readonly follows?: readonly string[];
  readonly alsoWarns?: readonly string[];
}

/** Another answer than ours, where `change` gives one. */
export function answering(
  change: (answer: AuthResponse, request: AuthRequest) => AuthResponse | undefined,
): Broken['change'] {
  return (handle) => async (request) => {
    const answer = await handle(request);
    return change(answer, request) ?? answer;
  };
}

export function withHeader(answer: AuthResponse, name: string, value: string | undefined): AuthResponse {
  const others = answer.headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase());
  return { ...answer, headers: value === undefined ? others : [...others, [name, value]] };
}

/** Fields of the TokenRequest, as if they had been signed like that. */
export function signing(
  change: (fields: Record<string, unknown>, request: AuthRequest) => Record<string, unknown>,
): Broken['change'] {
  return answering((answer, request) =>
    answer.status === 200 ? { ...answer, body: JSON.stringify(change(JSON.parse(answer.body), request)) } : undefined,
  );
}

/** Claims of the JWT, whose signature is then nobody's. */
export function claiming(change: (claims: Record<string, unknown>) => Record<string, unknown>): Broken['change'] {
  return answering((answer) => {
    if (answer.status !== 200) return undefined;
    const [head, payload = '', mac] = answer.body.split('.');
    const claims = change(JSON.parse(Buffer.from(payload, 'base64url').toString()));
    return { ...answer, body: [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), mac].join('.') };
  });
}

/** A refusal of another status and code than ours. */
export function refusing(answer: AuthResponse, status: number, code: number, more: object = {}): AuthResponse {
  const body = JSON.stringify({ error: { code, statusCode: status, message: 'Refused.', ...more } });
  return withHeader({ ...answer, status, body }, 'X-Ably-ErrorCode', String(code));
}

export function isSignedIn({ headers }: AuthRequest): boolean {
  return headers.has('authorization');
}
