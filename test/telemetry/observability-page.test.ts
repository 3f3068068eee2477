/** docs/observability.md, held against real lines, the metrics there are, and what a browser is told. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { METRICS, METRICS_NAMESPACE } from '../../adapters/telemetry/emf-line.ts';
import { jsonLine } from '../../adapters/telemetry/json-line.ts';
import type { AuthEvent } from '../../index.ts';
import { authRequest, headerOf, sessionCookie, testEndpoint } from '../core/auth-request.ts';
import { ROOT } from '../house/source-files.ts';
import { everyHappening } from '../safety/marked-happenings.ts';

const page = readFileSync(join(ROOT, 'docs/observability.md'), 'utf8');
const [, log = '', metrics = ''] = page.split(/^## /m);

/** Names in backticks in the first column of the page's tables. */
function namedIn(section: string): ReadonlySet<string> {
  const cells = [...section.matchAll(/^\| ([^|]*`[^|]*) \|/gm)].map(([, cell]) => cell ?? '');
  return new Set(cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? '')));
}

const linesOf = (events: readonly AuthEvent[]) =>
  events.map((event) => JSON.parse(jsonLine(event)) as Record<string, unknown>);

async function askedByBob() {
  const endpoint = testEndpoint({
    rules: [{ name: 'members', grant: { 'user:{sub}': ['subscribe'], 'team:{teams}:*': ['publish'] } }],
    allowedOrigins: ['https://app.example'],
    serverTiming: true,
  });
  const response = await endpoint.handle(
    authRequest({
      cookies: [sessionCookie({ subject: 'bob', claims: { teams: ['blue'] } })],
      headers: { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
      platform: { requestId: 'JKJaXmPLvHcESHA=' },
    }),
  );
  return { response, line: linesOf(endpoint.events).at(-1) ?? {} };
}

/** What differs from run to run, to what it is. */
function shapeOf(line: Record<string, unknown>): object {
  const { durationMs, stagesMs, headerBytes, answerBytes, ...rest } = line;
  expect([durationMs, headerBytes, answerBytes].map((value) => typeof value)).toEqual(['number', 'number', 'number']);
  return { ...rest, stages: Object.keys(stagesMs as object) };
}

describe('docs/observability.md', () => {
  it('shows the line of a real request', async () => {
    const [, example = '{}'] = /```json\n([\s\S]*?)```/.exec(log) ?? [];
    const shown = JSON.parse(example) as Record<string, unknown>;
    const { line } = await askedByBob();
    expect(shapeOf(shown)).toEqual(shapeOf(line));
    expect(Object.keys(shown)).toEqual(Object.keys(line));
  });

  it('names every field that the line of a request can have, and the ones it names are there', async () => {
    const lines = (await everyHappening()).flatMap(({ events }) => linesOf(events));
    const ofRequests = lines.filter(({ kind }) => ['issued', 'refused', 'preflight'].includes(String(kind)));
    const seen = new Set([...ofRequests, (await askedByBob()).line].flatMap((line) => Object.keys(line)));
    const named = namedIn(log);
    expect([...seen].filter((field) => !named.has(field))).toEqual([]);
    // Those that only some configs have.
    const rare = new Set(['auto', 'gateOutage', 'limitOutage', 'shadow']);
    expect([...named].filter((field) => !seen.has(field) && !rare.has(field))).toEqual([]);
  });

  it('asks the log for fields that there are', async () => {
    const [, query = ''] = /```text\n([\s\S]*?)```/.exec(log) ?? [];
    const endpoint = testEndpoint({ rules: [] });
    const refused = testEndpoint({ rules: [{ name: 'x', grant: { a: ['publish'] } }] });
    await endpoint.handle(authRequest());
    await refused.handle(authRequest({ cookies: [sessionCookie()], query: { clientId: 'eve' } }));
    const line = linesOf(refused.events).at(-1) ?? {};
    for (const field of ['kind', 'caller.subjectHash', 'reason']) {
      expect(query).toContain(field);
      expect(line).toHaveProperty(field);
    }
  });

  it('lists the metrics that there are, under their namespace', () => {
    expect(namedIn(metrics)).toEqual(new Set(Object.keys(METRICS)));
    expect(metrics).toContain(`Namespace \`${METRICS_NAMESPACE}\``);
  });

  it('shows Server-Timing as it is sent', async () => {
    const [, shown = ''] = /^Server-Timing: (.*)$/m.exec(page) ?? [];
    const { response } = await askedByBob();
    const shape = (value: string) => value.replaceAll(/\d+\.\d/g, 'n');
    expect(shape(shown)).toBe(shape(headerOf(response, 'Server-Timing') ?? ''));
  });
});
