/** What is measured of a request, with a clock that the test moves. */
import { describe, expect, it } from 'vitest';
import type { AuthEvent } from '../../core/auth-event.ts';
import { type Stage, startWatch } from '../../core/watch.ts';
import { authRequest, NOW_MS } from './auth-request.ts';

const ANSWER = { status: 200, headers: [['X-Name', 'value']] as const, cookies: ['a=b'], body: 'ä' };

function watched() {
  const events: AuthEvent[] = [];
  let atMs = 1_000_000.25;
  const ports = { onEvent: (event: AuthEvent) => events.push(event), nowMs: () => NOW_MS, elapsedMs: () => atMs };
  const watch = startWatch('r-1', authRequest(), ports);
  return {
    watch,
    events,
    take(ms: number, stage: Stage) {
      atMs += ms;
      watch.passed(stage);
    },
    wait(ms: number) {
      atMs += ms;
    },
  };
}

describe('the watch', () => {
  it('gives each stage the time since the one before, to the microsecond, and the whole', () => {
    const { watch, events, take, wait } = watched();
    take(1.5, 'keys');
    take(0.000_4, 'identify');
    take(20.123_456, 'decide');
    wait(0.5);
    watch.tell(ANSWER, { kind: 'preflight', allowed: true });
    expect(events).toEqual([
      {
        ...{ kind: 'preflight', allowed: true, requestId: 'r-1', status: 200, startedAtMs: NOW_MS },
        ...{ durationMs: 22.124, stagesMs: { keys: 1.5, identify: 0, decide: 20.123 } },
        ...{ answerBytes: 2, headerBytes: 'X-Name: value\r\nSet-Cookie: a=b\r\n'.length },
      },
    ]);
    expect(watch.stagesMs).toEqual({ keys: 1.5, identify: 0, decide: 20.123 });
  });

  it('leaves out what was not passed', () => {
    const { watch, events, wait } = watched();
    wait(3);
    watch.tell(ANSWER, { kind: 'refused', reason: 'no-credential', code: 40101 });
    expect(events).toMatchObject([{ durationMs: 3, stagesMs: {} }]);
  });
});
