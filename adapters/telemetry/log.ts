/**
 * The log: one line an event, for machines (`json`) or for a person at a terminal (`pretty`).
 *
 * Prints what an AuthEvent holds and adds nothing to it; what may be in one, and what never is, is core's to say (S10).
 */
import { type AuthEvent, describeProblem, type OnAuthEvent } from '../../index.ts';

export type LogFormat = 'json' | 'pretty' | 'silent';

type IssuedGrants = Extract<AuthEvent, { kind: 'issued' }>['grants'];

export const LOG_FORMATS: readonly LogFormat[] = ['json', 'pretty', 'silent'];

/** @param print receives one line without its line break; `undefined` comes back for `silent`: no event is built then */
export function createLog(format: LogFormat, print: (line: string) => void): OnAuthEvent | undefined {
  switch (format) {
    case 'silent':
      return undefined;
    case 'json':
      return (event) => print(JSON.stringify({ level: levelOf(event), ...flatten(event) }));
    case 'pretty':
      return (event) => print(prettyLine(event));
  }
}

function levelOf(event: AuthEvent): 'info' | 'warn' | 'error' {
  switch (event.kind) {
    case 'issued':
      return event.gateOutage !== undefined || event.grants?.unfit || event.leftOut.some(({ why }) => why === 'unfit')
        ? 'warn'
        : 'info';
    case 'refused':
      return event.status >= 500 ? 'error' : 'info';
    case 'revoked':
      return event.failed > 0 ? 'warn' : 'info';
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

function prettyLine(event: AuthEvent): string {
  switch (event.kind) {
    case 'issued': {
      const { caller, format, ttlMs, resources, matchedRules } = event;
      const who = caller.subjectHash ? `${caller.source}:${caller.subjectHash}` : caller.identityKind;
      const leftOut = event.leftOut.map(
        ({ grant, placeholder, why }) => `; left out ${grant}: {${placeholder}} ${why}`,
      );
      const outage = event.gateOutage === undefined ? '' : `; gate not asked: ${event.gateOutage}`;
      return `issued   ${format} to ${who}, ${resources} resources, ${ttlMs / 1000} s, by ${matchedRules.join(' + ')}${leftOut.join('')}${prettyGrants(event.grants)}${outage}`;
    }
    case 'refused':
      return `refused  ${event.status} ${event.reason}${event.detail ? `: ${event.detail}` : ''} (${event.requestId})`;
    case 'revoked': {
      const { caller, action, targets, failed, requestId } = event;
      return `revoked  ${targets - failed}/${targets} (${action}) by ${caller.source}:${caller.subjectHash} (${requestId})`;
    }
    case 'misconfigured':
      return ['not configured:', ...event.problems.map((problem) => `  ${describeProblem(problem)}`)].join('\n');
    case 'key': {
      const { kind, stage, source, keyName, error } = event.event;
      const why = error ? `: ${error.setting}: ${error.message} ${error.remediation}` : '';
      return `key      ${stage} ${kind} from ${source}${keyName ? ` (${keyName})` : ''}${why}`;
    }
    case 'clock':
      return `clock    ${event.state}${event.skewMs ? `: Ably's is ${event.skewMs / 1000} s ahead, and dates what is signed` : ''}`;
  }
}

function prettyGrants(grants: IssuedGrants): string {
  if (!grants || grants.asked + grants.remembered === 0) return '';
  const { asked, refused, remembered } = grants;
  return `; asked for ${asked}${refused > 0 ? `, ${refused} refused` : ''}${remembered > 0 ? `; ${remembered} remembered` : ''}`;
}
