/**
 * S10 over everything that can be logged: whatever happens, through every sink there is: the log as JSON and as text, with
 * metrics, and spans in the real SDK of OpenTelemetry.
 */
import { inspect } from 'node:util';
import * as api from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterAll, describe, expect, it } from 'vitest';
import { createEmfLine } from '../../adapters/telemetry/emf-line.ts';
import { logLines } from '../../adapters/telemetry/library.ts';
import { createSpans } from '../../adapters/telemetry/spans.ts';
import type { AuthEvent } from '../../index.ts';
import { KEY_SECRET, SESSION_SECRET } from '../core/auth-request.ts';
import { answerOf, everyOutcome } from './every-outcome.ts';
import { everyHappening } from './marked-happenings.ts';
import { type Happening, MARK } from './marked-sources.ts';
import { logsEverything } from './naive/logs-everything.ts';
import { recordsRequests } from './naive/spans-of-requests.ts';

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const otel = { ...api, trace: { ...api.trace, getTracer: () => provider.getTracer('test'), getSpan: () => undefined } };
const spans = createSpans(otel as unknown as typeof api);
afterAll(() => provider.shutdown());

/** What every sink makes of the event, beside the event itself as a sink of one's own would see it. */
const SINKS: Readonly<Record<string, (event: AuthEvent) => string>> = {
  'the event itself': (event) =>
    `${inspect(event, { depth: null, showHidden: true, getters: true })}${JSON.stringify(event)}`,
  'the log': (event) => linesOf((print) => logLines({ print }), event),
  'the log for a person': (event) => linesOf((print) => logLines({ print, format: 'pretty' }), event),
  'the log with metrics': createEmfLine('ably-auth'),
  spans: (event) => {
    exporter.reset();
    spans(event);
    return spansText();
  },
};

function linesOf(open: (print: (line: string) => void) => (event: AuthEvent) => void, event: AuthEvent): string {
  const lines: string[] = [];
  open((line) => lines.push(line))(event);
  return lines.join('\n');
}

function spansText(): string {
  return exporter
    .getFinishedSpans()
    .map(({ name, attributes, status, events, links }) =>
      inspect({ name, attributes, status, events, links }, { depth: null }),
    )
    .join('\n');
}

/** The mark as it is and as it may be spelt, and the secrets that have none. */
const FORBIDDEN = [
  MARK,
  Buffer.from(MARK).toString('base64url').slice(0, -1),
  Buffer.from(MARK).toString('hex'),
  KEY_SECRET,
  SESSION_SECRET,
];

function found(text: string, more: readonly string[] = []): readonly string[] {
  return [...FORBIDDEN, ...more].filter((word) => text.includes(word));
}

/** Signatures, MACs and nonces that were given out: what stands between quotes and dots and is long. */
function credentialsIn(answers: readonly string[]): readonly string[] {
  const words = answers.flatMap(
    (answer) => answer.match(/(?<=\\"(?:mac|nonce)\\":\\")[^"\\]+|(?<=v1\.[\w-]+\.)[\w-]{20,}/g) ?? [],
  );
  return words;
}

const happenings = await everyHappening();

describe('S10 what is logged of everything that can happen', () => {
  it('is provoked: each kind of event, each source, each way of remembering, and many reasons', () => {
    const events = happenings.flatMap((happening) => happening.events);
    expect(new Set(events.map(({ kind }) => kind))).toEqual(
      new Set(['issued', 'refused', 'revoked', 'key', 'misconfigured']),
    );
    const reasons = new Set(events.map((event) => (event.kind === 'refused' ? event.reason : '')));
    for (const reason of [
      'bad-credential',
      'identity-provider-unavailable',
      'unfit-client-id',
      'key-unavailable',
      'ably-unavailable',
      'internal',
      'malformed-request',
      'misconfigured',
    ]) {
      expect(reasons, reason).toContain(reason);
    }
    const asked = events.filter((event) => event.kind === 'issued' && (event.grants?.asked ?? 0) > 0);
    expect(asked.length).toBeGreaterThanOrEqual(6);
    expect(happenings.flatMap(({ answers }) => credentialsIn(answers)).length).toBeGreaterThan(10);
  });

  it.each(happenings.map((happening) => [happening.name, happening] as const))(
    '%s',
    (_, { events, answers }: Happening) => {
      expect(events.length).toBeGreaterThan(0);
      const given = credentialsIn(answers);
      for (const event of events) {
        for (const [sink, view] of Object.entries(SINKS)) expect(found(view(event), given), sink).toEqual([]);
      }
    },
  );

  it('and of every reason and format there is, through the same sinks', async () => {
    for (const outcome of everyOutcome({ authorization: `Bearer ${MARK}`, tracestate: `v=${MARK}` })) {
      const { response } = await answerOf(outcome);
      const given = credentialsIn([JSON.stringify(response)]);
      for (const event of outcome.endpoint.events) {
        for (const view of Object.values(SINKS)) expect(found(view(event), given), outcome.name).toEqual([]);
      }
    }
  });
});

describe('S10 whoever logs what came', () => {
  const withCredential = happenings.flatMap(({ requests }) => requests);

  it('has all of it in the log: found by the same look', () => {
    for (const request of withCredential) {
      const lines: string[] = [];
      logsEverything((line) => lines.push(line))(request, () => {});
      expect(found(lines.join())).toContain(MARK);
    }
  });

  it('has it in the spans too, headers and errors', () => {
    for (const request of withCredential) {
      exporter.reset();
      const span = provider.getTracer('naive').startSpan('request');
      recordsRequests(span)(request, new Error(`cannot verify ${MARK}`));
      span.end();
      expect(found(spansText())).toContain(MARK);
    }
  });

  it('has what an error of a source says, where its message is logged', () => {
    const lines: string[] = [];
    for (const [request] of happenings.map(({ requests }) => requests)) {
      if (!request) continue;
      logsEverything((line) => lines.push(line.startsWith('failed') ? line : ''))(request, () => {
        throw new Error(`cannot read ${MARK}`);
      });
    }
    expect(found(lines.join())).toEqual([MARK]);
  });
});
