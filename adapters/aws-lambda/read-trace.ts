/**
 * The trace that AWS X-Ray has of this invocation, for logs and spans. Lambda sets the variable anew for each, also where
 * tracing is off; a function that serves several requests at once has none.
 * (https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader)
 */
import type { TraceContext } from '../../core/wire/trace-context.ts';

/** X-Ray writes the first eight digits of a trace's id apart, `1-5759e988-bd862e3fe1be46a994272793`; W3C does not. */
const HEADER = /Root=1-([\da-f]{8})-([\da-f]{24});Parent=([\da-f]{16});Sampled=([01])/;

export function readTrace(header: string | undefined): TraceContext | undefined {
  const [, first, rest, parentSpanId, sampled] = HEADER.exec(header ?? '') ?? [];
  return first && parentSpanId ? { traceId: `${first}${rest}`, parentSpanId, sampled: sampled === '1' } : undefined;
}
