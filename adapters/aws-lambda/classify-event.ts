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
  /** What it is instead is said in describe-event.ts. */
  | { readonly kind: 'unknown' };

export function classifyEvent(event: unknown): ClassifiedEvent {
  const context = isObject(event) ? event.requestContext : undefined;
  if (isObject(event) && isObject(context)) {
    const hasMethod = typeof event.httpMethod === 'string';
    if (isObject(context.elb) && hasMethod) return { kind: 'alb', event: event as unknown as ALBEvent };
    if (isObject(context.http) && typeof context.http.method === 'string') {
      return { kind: 'http-2.0', event: event as unknown as APIGatewayProxyEventV2 };
    }
    if (hasMethod && context.elb === undefined && context.http === undefined) {
      return { kind: 'rest-1.0', event: event as unknown as APIGatewayProxyEvent };
    }
  }
  return { kind: 'unknown' };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
