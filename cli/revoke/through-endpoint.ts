/** Asks the deployed endpoint that revokes, as an operator: it has the key, the store and the rules about who may. */
import type { Order } from './order.ts';

const TIMEOUT_MS = 30_000;

export type Answered =
  | { readonly kind: 'answered'; readonly results: readonly AnsweredResult[] }
  /** In words, with what to do. */
  | { readonly kind: 'failed'; readonly why: string };

/** As docs/revocation.md shows it. */
export interface AnsweredResult {
  readonly target: string;
  readonly ok: boolean;
  readonly gate?: string;
  readonly bannedUntil?: number;
  /** What each key did at Ably. */
  readonly revoked: readonly {
    readonly keyName?: string | undefined;
    readonly error?: { readonly message: string };
  }[];
  readonly message?: string;
}

export async function revokeThroughEndpoint(url: string, bearer: string, order: Order): Promise<Answered> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify(bodyOf(order)),
      // The credential goes to nobody else.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    text = await response.text();
  } catch {
    return { kind: 'failed', why: 'The endpoint does not answer. It can be asked again: nothing is done twice.' };
  }
  const answer = parse(text);
  if (response.ok && answer?.results) return { kind: 'answered', results: answer.results };
  const said = answer?.error?.message === undefined ? '' : `: ${String(answer.error.message).slice(0, 300)}`;
  const id =
    answer?.error?.requestId === undefined
      ? ''
      : ` The log has more under ${String(answer.error.requestId).slice(0, 100)}.`;
  return {
    kind: 'failed',
    why: `The endpoint answers ${response.status}${said}. ${WHAT_TO_DO[response.status] ?? ''}${id}`.trim(),
  };
}

const WHAT_TO_DO: Readonly<Record<number, string>> = {
  301: 'Name the address that it leads to, if it is yours.',
  302: 'Name the address that it leads to, if it is yours.',
  308: 'Name the address that it leads to, if it is yours.',
  401: 'The credential does not count there, or not any more.',
  403: 'A rule of auth.config.ts must give this caller mayRevoke.',
  404: 'Deploy the function that revokes (node_modules/ably-auth-functions/docs/revocation.md), and name its address, …/api/ably-auth-revoke.',
  405: 'This is the endpoint that issues: the other is …/api/ably-auth-revoke.',
};

function bodyOf({ target, action, allowReauthMargin }: Order): object {
  return {
    targets: [target],
    ...(action.kind === 'ban' && { ban: action.duration }),
    ...(action.kind === 'sign-out' && {
      signOut: action.sessionId === undefined ? true : { sessionId: action.sessionId },
    }),
    ...(action.kind === 'lift' && { lift: true }),
    ...(allowReauthMargin && { allowReauthMargin: true }),
  };
}

interface AnswerBody {
  readonly results?: readonly AnsweredResult[];
  readonly error?: { readonly message?: unknown; readonly requestId?: unknown };
}

function parse(text: string): AnswerBody | undefined {
  try {
    return JSON.parse(text) as AnswerBody;
  } catch {
    return undefined;
  }
}
