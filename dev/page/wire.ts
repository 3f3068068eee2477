/**
 * Reads the refusals that our own server writes, and nothing else of its answers.
 *
 * Every failure has the body {"error":{code,statusCode,message,requestId}}. What does not (a proxy's page, a cut
 * connection) becomes a refusal too, with the numbers that the Ably SDK itself would choose in that case, so that the
 * rest of the page knows one shape only.
 */

/** A refusal as the page shows it, and as the SDK's authCallback takes it. */
export interface Refusal {
  /** Ably's number for the reason, 40101 for example. */
  readonly code: number;
  /** What the HTTP status says, repeated in the body; 403 ends the client's connection for good. */
  readonly statusCode: number;
  readonly message: string;
  readonly requestId?: string;
}

/** Thrown by the calls to the demo server, so that callers can tell a refusal from a bug of this page. */
export class RefusedError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.name = 'RefusedError';
    this.refusal = refusal;
  }
}

/** What an answer that is not 2xx says. `body` is its text. Never throws. */
export function parseRefusal(status: number, body: string): Refusal {
  const error = errorMember(body);
  if (typeof error?.code === 'number' && typeof error.statusCode === 'number') {
    return {
      code: error.code,
      statusCode: error.statusCode,
      message: typeof error.message === 'string' ? error.message : `The server answered ${status}.`,
      ...(typeof error.requestId === 'string' ? { requestId: error.requestId } : {}),
    };
  }
  // The same numbers as ably-js gives to an answer it does not recognise: 403 is final, all else is retried.
  return status === 403
    ? { code: 40300, statusCode: 403, message: 'The server answered 403 and gave no reason.' }
    : { code: 40170, statusCode: 401, message: `The server answered ${status} and gave no reason.` };
}

/** The refusal that stands for "no answer at all". Retried by the SDK. */
export function noAnswer(error: unknown): Refusal {
  const why = error instanceof Error ? error.message : String(error);
  return { code: 40170, statusCode: 401, message: `No answer from the server (${why}).` };
}

/** The members of a JSON object, or nothing when the value is anything else. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** JSON text as an object; nothing when it is not JSON or not an object. */
export function parseRecord(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asRecord(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function errorMember(body: string): Readonly<Record<string, unknown>> | undefined {
  return asRecord(parseRecord(body)?.error);
}
