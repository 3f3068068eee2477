/**
 * Events as OpenTelemetry spans, for apps that have its API: one span a request, and one in it for each stage. The app
 * hands its API in, so that there is one of it and nothing of ours asks for the package.
 *
 * Made when a request is over, with the times that its event tells. Their parent is the span that is active, where the app
 * traces its server; else the one that `traceparent` or the platform names. Attributes are the fields of the log line, but
 * for `detail`: where spans go, more people look (S10).
 */
import type { Attributes, Context, Span, SpanOptions } from '@opentelemetry/api';
import type { AuthEvent, OnAuthEvent, RequestEvent } from '../../index.ts';

/** What is used of `@opentelemetry/api`. */
export type OpenTelemetry = Pick<
  typeof import('@opentelemetry/api'),
  'trace' | 'context' | 'ROOT_CONTEXT' | 'SpanKind' | 'SpanStatusCode' | 'TraceFlags'
>;

export interface SpansOptions {
  /**
   * Whether anybody may call, so that the caller's trace is linked to and not continued: a client could else choose the
   * trace and have all of it recorded. Default false.
   */
  readonly publicEndpoint?: boolean;
}

const TRACER = 'ably-auth-functions';

export function createSpans(api: OpenTelemetry, { publicEndpoint = false }: SpansOptions = {}): OnAuthEvent {
  return (event) => {
    if (!isOfRequest(event)) return;
    const tracer = api.trace.getTracer(TRACER);
    const { startedAtMs, stagesMs, durationMs, status } = event;
    const { options, parent } = placeOf(event, api, publicEndpoint);
    const span = tracer.startSpan(`ably-auth ${event.kind}`, { ...options, startTime: startedAtMs }, parent);
    span.setAttributes(attributesOf(event));
    // What was refused is the caller's affair; OpenTelemetry calls an error of a server what is its own fault.
    if (status >= 500) span.setStatus({ code: api.SpanStatusCode.ERROR, ...reasonOf(event) });
    const within = api.trace.setSpan(parent, span);
    let atMs = startedAtMs;
    for (const [stage, ms] of Object.entries(stagesMs)) {
      tracer.startSpan(stage, { startTime: atMs, kind: api.SpanKind.INTERNAL }, within).end(atMs + ms);
      atMs += ms;
    }
    span.end(startedAtMs + durationMs);
  };
}

function isOfRequest(event: AuthEvent): event is RequestEvent {
  return 'startedAtMs' in event;
}

function placeOf(
  { traceId, parentSpanId, sampled }: RequestEvent,
  { trace, context, ROOT_CONTEXT, SpanKind, TraceFlags }: OpenTelemetry,
  publicEndpoint: boolean,
): { readonly parent: Context; readonly options: SpanOptions } {
  const active: Span | undefined = trace.getSpan(context.active());
  if (active) return { parent: context.active(), options: { kind: SpanKind.INTERNAL } };
  const options = { kind: SpanKind.SERVER };
  if (!traceId || !parentSpanId) return { parent: ROOT_CONTEXT, options };
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  const remote = { traceId, spanId: parentSpanId, traceFlags, isRemote: true };
  return publicEndpoint
    ? { parent: ROOT_CONTEXT, options: { ...options, links: [{ context: remote }] } }
    : { parent: trace.setSpanContext(ROOT_CONTEXT, remote), options };
}

/** Names of OpenTelemetry where it has some; else ours. */
function attributesOf(event: RequestEvent): Attributes {
  const { keyName, keyFingerprint, caller } = {
    keyName: undefined,
    keyFingerprint: undefined,
    caller: undefined,
    ...event,
  };
  return {
    'http.response.status_code': event.status,
    'http.response.body.size': event.answerBytes,
    'ably_auth.outcome': event.kind,
    'ably_auth.request_id': event.requestId,
    'ably_auth.key_name': keyName,
    'ably_auth.key_fingerprint': keyFingerprint,
    'ably_auth.source': caller?.source,
    'ably_auth.identity_kind': caller?.identityKind,
    'enduser.pseudo.id': caller?.subjectHash,
    ...ownAttributes(event),
  };
}

function ownAttributes(event: RequestEvent): Attributes {
  switch (event.kind) {
    case 'issued': {
      const { matchedRules, format, ttlMs, resources } = event;
      const rules = [...matchedRules];
      return { 'ably_auth.rules': rules, 'ably_auth.format': format, ...sizes({ ttl_ms: ttlMs, resources }) };
    }
    case 'refused':
      return { 'ably_auth.reason': event.reason, 'ably_auth.code': event.code };
    case 'revoked':
      return { 'ably_auth.action': event.action, ...sizes({ targets: event.targets, failed: event.failed }) };
    case 'preflight':
      return { 'ably_auth.allowed': event.allowed };
  }
}

function sizes(named: Readonly<Record<string, number>>): Attributes {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [`ably_auth.${name}`, value]));
}

function reasonOf(event: RequestEvent): { readonly message?: string } {
  return event.kind === 'refused' ? { message: event.reason } : {};
}
