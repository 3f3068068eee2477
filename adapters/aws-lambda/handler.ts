/**
 * The endpoint as a Lambda function behind an HTTP API, a REST API, a Function URL or an ALB: told apart per event, so
 * that one deployment can have several front doors. Decides nothing about the request.
 *
 * An event that is no HTTP request (a warmer, a queue, a schedule, VPC Lattice) is answered 400 and not thrown at: a
 * throw would make queues and schedules try again.
 */
import type { AuthEndpoint } from '../../core/auth-endpoint.ts';
import type { AuthRequest } from '../../core/http.ts';
import { type ClassifiedEvent, classifyEvent } from './classify-event.ts';
import { type LambdaContext, readLambdaEvent } from './read-event.ts';
import { type LambdaResult, writeLambdaResult } from './write-result.ts';

export interface LambdaHandlerOptions {
  /** Receives one line about each event that is no HTTP request. It holds no values from the event. Default: nobody. */
  readonly onUnknownEvent?: (line: string) => void;
}

/** Two declared parameters, no more: Node.js 24 on Lambda refuses to start a handler that takes a callback. */
export type LambdaHandler = (event: unknown, context: LambdaContext) => Promise<LambdaResult>;

export function createLambdaHandler(endpoint: AuthEndpoint, options: LambdaHandlerOptions = {}): LambdaHandler {
  return async (event, context) => {
    const classified = classifyEvent(event);
    const request = readKnown(classified, context);
    if (request) return writeLambdaResult(await endpoint.handle(request), classified);

    const { describeEvent } = await import('./describe-event.ts');
    const { refusal } = await import('../message/refusal.ts');
    const shape = classified.kind === 'unknown' ? describeEvent(event) : `an incomplete ${classified.kind} event`;
    tell(options.onUnknownEvent, `Refused an event that is no HTTP request: ${shape}.`);
    return writeLambdaResult(refusal(400, 'This event is no HTTP request.'), { kind: 'unknown' });
  };
}

function readKnown(classified: ClassifiedEvent, context: LambdaContext): AuthRequest | undefined {
  if (classified.kind === 'unknown') return undefined;
  try {
    return readLambdaEvent(classified, context);
  } catch {
    // Only a direct invocation can make an event with the marks of a generation and not its fields.
    return undefined;
  }
}

/** A log that cannot be written must not turn the refusal into a throw. */
function tell(listener: ((line: string) => void) | undefined, line: string): void {
  try {
    listener?.(line);
  } catch {
    // Nobody is left to tell.
  }
}
