/**
 * How long the stages of one request took, and the event in which they are told when it has been answered, with the rest
 * of what every event says of its request. Nothing is measured where nobody would hear of it.
 *
 * By a clock that only goes forward, which is handed in: the system's own may be set meanwhile.
 */
import type { OnAuthEvent, RequestEvent } from './auth-event.ts';
import type { AuthRequest, AuthResponse } from './http.ts';
import { readTraceContext, type TraceContext } from './wire/trace-context.ts';

/** The arrows of the pipeline, in its order. `clock`: Ably's was asked. `revoke`: of the endpoint that does. */
export type Stage =
  | 'keys'
  | 'identify'
  | 'limit'
  | 'clock'
  | 'gate'
  | 'wishes'
  | 'decide'
  | 'settle'
  | 'issue'
  | 'revoke';

/** Milliseconds, to the microsecond. A stage that a request did not pass is left out, also the one that refused it. */
export type StagesMs = Readonly<Partial<Record<Stage, number>>>;

/** What the event of every request says, however it ended. */
export interface AboutRequest extends Partial<TraceContext> {
  readonly requestId: string;
  readonly status: number;
  /** By our own clock, in milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly stagesMs: StagesMs;
  /** Of the body: where a credential was issued, its size. */
  readonly answerBytes: number;
  /** Of all headers and cookies. Platforms and load balancers limit them. */
  readonly headerBytes: number;
}

export interface Watch {
  /** What was done since the stage before it. */
  passed(stage: Stage): void;
  readonly stagesMs: StagesMs;
  /** Once, when all is done that the answer needs. @param outcome made for this call: it becomes the event */
  tell(answer: AuthResponse, outcome: Outcome<RequestEvent>): void;
}

type Outcome<Event extends RequestEvent> = Event extends RequestEvent ? Omit<Event, keyof AboutRequest> : never;

export interface WatchPorts {
  readonly onEvent: OnAuthEvent | undefined;
  readonly nowMs: () => number;
  /** Milliseconds since some moment, never less than before. */
  readonly elapsedMs: () => number;
}

export function startWatch(requestId: string, request: AuthRequest, ports: WatchPorts): Watch {
  const { onEvent, elapsedMs } = ports;
  const startedAtMs = ports.nowMs();
  const beganMs = elapsedMs();
  const stagesMs: Partial<Record<Stage, number>> = {};
  let lastMs = beganMs;
  return {
    stagesMs,
    passed: (stage) => {
      const nextMs = elapsedMs();
      stagesMs[stage] = toMicroseconds(nextMs - lastMs);
      lastMs = nextMs;
    },
    tell: ({ status, headers, cookies, body }, outcome) => {
      if (!onEvent) return;
      let headerBytes = 0;
      for (const [name, value] of headers) headerBytes += bytesOf(name, value);
      for (const cookie of cookies) headerBytes += bytesOf('Set-Cookie', cookie);
      const about: AboutRequest = {
        requestId,
        status,
        startedAtMs,
        durationMs: toMicroseconds(elapsedMs() - beganMs),
        stagesMs,
        answerBytes: Buffer.byteLength(body),
        headerBytes,
        ...readTraceContext(request),
      };
      // Onto the one that is there: to copy both into a third costs as much as all the rest of a request.
      onEvent(Object.assign(outcome, about) as RequestEvent);
    },
  };
}

/** As HTTP/1.1 writes it, with ": " and the end of the line. All are ASCII. */
function bytesOf(name: string, value: string): number {
  return name.length + value.length + 4;
}

function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
