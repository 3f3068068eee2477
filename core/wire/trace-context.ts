/**
 * Which trace the request is part of: W3C Trace Context, or else what the platform says of its own tracing. What is
 * malformed is as if it were not there, as the recommendation asks.
 *
 * Both ids are the client's to choose where it sends `traceparent`: they join logs and spans, and nothing else here.
 */
import type { AuthRequest } from '../http.ts';

export interface TraceContext {
  /** 32 hexadecimal digits in lower case. */
  readonly traceId: string;
  /** Of the span that asks, 16 digits. */
  readonly parentSpanId: string;
  /** Whether whoever asks records it. */
  readonly sampled: boolean;
}

/**
 * Version, trace, span, flags (https://www.w3.org/TR/trace-context-1/#traceparent-header). Of version 00 that is all; a later
 * one may add to it, and ff is none.
 */
const TRACEPARENT =
  /^(?:00(?=.{53}$)|(?!00|ff)[\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(?:-.*)?$/;

export function readTraceContext({ headers, platform }: AuthRequest): TraceContext | undefined {
  const sent = headers.get('traceparent');
  const [, traceId, parentSpanId, flags = ''] = (sent?.length === 1 && TRACEPARENT.exec(sent[0] ?? '')) || [];
  if (!traceId || !parentSpanId) return platform.trace;
  return { traceId, parentSpanId, sampled: Number.parseInt(flags, 16) % 2 === 1 };
}
