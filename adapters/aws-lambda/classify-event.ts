/**
 * Which of the Lambda event generations this is, and nothing else.
 *
 * The order matters and `version` is never asked: VPC Lattice calls itself "2.0" as well, and REST events behind a
 * mapped domain carry fields of payload 2.0. Everything that is no HTTP request of a known front door is `unknown`.
 */
import type { ALBEvent, APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';

export type ClassifiedEvent =
  | { readonly kind: 'alb'; readonly event: Readonly<ALBEvent> }
  /** HTTP API payload 2.0 and Function URL: identical. */
  | { readonly kind: 'http-2.0'; readonly event: Readonly<APIGatewayProxyEventV2> }
  /** REST API and HTTP API payload 1.0. */
  | { readonly kind: 'rest-1.0'; readonly event: Readonly<APIGatewayProxyEvent> }
  /** `shape` is for the operator's log: one line, no values but the names that AWS services give themselves. */
  | { readonly kind: 'unknown'; readonly shape: string };

export function classifyEvent(event: unknown): ClassifiedEvent {
  if (!isObject(event))
    return { kind: 'unknown', shape: `not an object but ${event === null ? 'null' : typeof event}` };
  const context = event.requestContext;
  if (isObject(context)) {
    const hasMethod = typeof event.httpMethod === 'string';
    if (isObject(context.elb) && hasMethod) return { kind: 'alb', event: event as unknown as ALBEvent };
    if (isObject(context.http) && typeof context.http.method === 'string') {
      return { kind: 'http-2.0', event: event as unknown as APIGatewayProxyEventV2 };
    }
    if (hasMethod && context.elb === undefined && context.http === undefined) {
      return { kind: 'rest-1.0', event: event as unknown as APIGatewayProxyEvent };
    }
    if (context.serviceNetworkArn !== undefined) return { kind: 'unknown', shape: 'VPC Lattice' };
  }
  return { kind: 'unknown', shape: describe(event) };
}

function describe(event: Readonly<Record<string, unknown>>): string {
  const [record] = Array.isArray(event.Records) ? event.Records : [];
  if (isObject(record)) return `records of ${plain(record.eventSource ?? record.EventSource)}`;
  if (typeof event.source === 'string' && 'detail-type' in event) return `an event of ${plain(event.source)}`;
  const keys = Object.keys(event);
  return keys.length === 0 ? 'an empty object' : `an object with ${keys.slice(0, 5).map(plain).join(', ')}`;
}

/** Whoever may invoke the function chooses these words: a log line stays one line, and short. */
function plain(word: unknown): string {
  return typeof word === 'string' ? word.slice(0, 40).replaceAll(/[^\w.:-]/g, '?') : 'something';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
