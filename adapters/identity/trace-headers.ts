/**
 * The trace of a request, carried on to whoever is asked about its caller: `traceparent` and `tracestate` as they came (W3C
 * Trace Context, 3.2 and 3.3). Unchanged, as by a proxy: a span of our own would be one that nobody records. An app that
 * traces `node:http` writes its own in their place.
 */
import type { AuthRequest } from '../../core/http.ts';
import { readTraceContext } from '../../core/wire/trace-context.ts';

const MAX_MEMBERS = 32;
/** What everybody is to carry on at least. Longer ones are left out whole. */
const MAX_STATE_CHARACTERS = 512;

const KEY = /^(?:[a-z][\w\-*/]{0,255}|[a-z\d][\w\-*/]{0,240}@[a-z][\w\-*/]{0,13})$/;
/** Printable ASCII without comma and equals sign; the last is no space. */
const VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

export function traceHeaders(request: AuthRequest): Readonly<Record<string, string>> {
  const trace = readTraceContext(request);
  if (!trace) return {};
  const traceparent = `00-${trace.traceId}-${trace.parentSpanId}-${trace.sampled ? '01' : '00'}`;
  // What came beside a traceparent that does not count says nothing of the platform's trace.
  const tracestate = trace === request.platform.trace ? undefined : readTraceState(request);
  return { traceparent, ...(tracestate && { tracestate }) };
}

/** Malformed is as if it were not there. */
function readTraceState({ headers }: AuthRequest): string | undefined {
  const text = (headers.get('tracestate') ?? []).join(',');
  // Before anything else: taking off blanks goes over a row of them once for each.
  if (text.length > MAX_STATE_CHARACTERS) return undefined;
  const members = text
    .split(',')
    .map((member) => member.replaceAll(/^[ \t]+|[ \t]+$/g, ''))
    .filter((member) => member !== '');
  const keys = members.map((member) => member.slice(0, member.indexOf('=')));
  const isFit =
    members.length <= MAX_MEMBERS &&
    new Set(keys).size === keys.length &&
    members.every((member, index) => {
      const key = keys[index] ?? '';
      return KEY.test(key) && !/[A-Z]/.test(key) && VALUE.test(member.slice(key.length + 1));
    });
  return isFit ? members.join(',') : undefined;
}
