/** An event as one line of JSON, for machines: its level, and what it holds. */
import type { AuthEvent } from '../../index.ts';

/** The level is put before the text: a copy of the event to hold it would cost as much as the rest. */
export function jsonLine(event: AuthEvent): string {
  return `{"level":"${levelOf(event)}",${JSON.stringify(flatten(event)).slice(1)}`;
}

function levelOf(event: AuthEvent): 'info' | 'warn' | 'error' {
  switch (event.kind) {
    case 'issued':
      return event.gateOutage !== undefined ||
        event.limitOutage !== undefined ||
        event.grants?.unfit ||
        event.leftOut.some(({ why }) => why === 'unfit')
        ? 'warn'
        : 'info';
    case 'refused':
      return event.status >= 500 ? 'error' : 'info';
    case 'revoked':
      return event.failed > 0 ? 'warn' : 'info';
    case 'preflight':
      return 'info';
    case 'misconfigured':
      return 'error';
    case 'key':
      return event.event.error ? 'error' : 'info';
    case 'clock':
      return event.state === 'right' ? 'info' : 'warn';
  }
}

/** An Error has no enumerable fields of its own worth printing: what an operator needs of one is picked here. */
function flatten(event: AuthEvent): object {
  if (event.kind !== 'key') return event;
  const { kind, stage, source, keyName, error } = event.event;
  const { failure, setting, message, remediation } = error ?? {};
  return { kind: 'key', event: kind, stage, source, keyName, failure, setting, message, remediation };
}
