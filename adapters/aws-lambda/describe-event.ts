/**
 * What an event is that is no HTTP request, for the operator's log: one line, no values but the names that AWS services
 * give themselves. Loaded with the first of them.
 */
import { isObject } from './classify-event.ts';

export function describeEvent(event: unknown): string {
  if (!isObject(event)) return `not an object but ${event === null ? 'null' : typeof event}`;
  if (isObject(event.requestContext) && event.requestContext.serviceNetworkArn !== undefined) return 'VPC Lattice';
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
