/**
 * `traceparent`, as strictly as W3C Trace Context Level 1 asks (sections 3.2.2 and 4.3): what is malformed is not there.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTraceContext, type TraceContext } from '../../../core/wire/trace-context.ts';
import { authRequest } from '../auth-request.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const OF_THE_PLATFORM: TraceContext = { traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16), sampled: false };

function read(traceparent: string | readonly string[], platform?: TraceContext): TraceContext | undefined {
  return readTraceContext(
    authRequest({ headers: { traceparent }, ...(platform && { platform: { trace: platform } }) }),
  );
}

describe('a traceparent', () => {
  it.each([
    [`00-${TRACE}-${SPAN}-01`, true],
    [`00-${TRACE}-${SPAN}-00`, false],
    ['a flag more than is known', `00-${TRACE}-${SPAN}-03`, true],
    [`00-${TRACE}-${SPAN}-fe`, false],
    [`01-${TRACE}-${SPAN}-01`, true],
    [`cc-${TRACE}-${SPAN}-01-what-comes-later`, true],
    [`cc-${TRACE}-${SPAN}-01-`, true],
  ] as const)('%s is read', (...row) => {
    const [header, sampled] = row.slice(-2) as [string, boolean];
    expect(read(header)).toEqual({ traceId: TRACE, parentSpanId: SPAN, sampled });
  });

  it.each([
    '',
    '00',
    TRACE,
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-`,
    `00-${TRACE}-${SPAN}-1`,
    `00-${TRACE}-${SPAN}-01-`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}-01.`,
    `ff-${TRACE}-${SPAN}-01`,
    `FF-${TRACE}-${SPAN}-01`,
    `0-${TRACE}-${SPAN}-01`,
    `000-${TRACE}-${SPAN}-01`,
    `01-${TRACE}-${SPAN}-01more`,
    `01-${TRACE}-${SPAN}-0`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN.toUpperCase()}-01`,
    `00-${TRACE}-${SPAN}-0A`,
    `00-${TRACE.slice(1)}-${SPAN}-01`,
    `00-${TRACE}f-${SPAN}-01`,
    `00-${TRACE}-${SPAN}f-01`,
    `00-${TRACE.slice(1)}.-${SPAN}-01`,
    ` 00-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01 `,
    `00-${TRACE}-${SPAN}-01\n`,
    `00_${TRACE}_${SPAN}_01`,
    `00-${TRACE}-${SPAN}-01,00-${TRACE}-${SPAN}-01`,
  ])('%j is not there, and the platform is asked', (header) => {
    expect(read(header)).toBeUndefined();
    expect(read(header, OF_THE_PLATFORM)).toEqual(OF_THE_PLATFORM);
  });

  it('that comes twice is not there', () => {
    const one = `00-${TRACE}-${SPAN}-01`;
    expect(read([one, one])).toBeUndefined();
    expect(read([one])).toBeDefined();
  });

  it('comes before what the platform says of its own', () => {
    expect(read(`00-${TRACE}-${SPAN}-01`, OF_THE_PLATFORM)).toMatchObject({ traceId: TRACE });
    expect(readTraceContext(authRequest({ platform: { trace: OF_THE_PLATFORM } }))).toEqual(OF_THE_PLATFORM);
  });

  it('gives two ids of hexadecimal digits that are not all zero, or nothing, whatever comes', () => {
    const hex = (length: number) =>
      fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
    const near = fc
      .tuple(hex(2), hex(32), hex(16), hex(2), fc.constantFrom('', '-', '-x', 'x'))
      .map(([version, trace, span, flags, rest]) => `${version}-${trace}-${span}-${flags}${rest}`);
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (header) => {
        const context = read(header);
        if (context === undefined) return;
        expect(context.traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
        expect(context.parentSpanId).toMatch(/^(?!0+$)[0-9a-f]{16}$/);
        expect(header.slice(0, 53)).toBe(
          `${header.slice(0, 2)}-${context.traceId}-${context.parentSpanId}-`.slice(0, 53),
        );
      }),
    );
  });
});
