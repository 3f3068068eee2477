/** An event as a person at a terminal reads it. Apart from the rest, because few functions write so. */
import { type AuthEvent, describeProblem } from '../../index.ts';

type IssuedGrants = Extract<AuthEvent, { kind: 'issued' }>['grants'];

/** All that a terminal would take for more than text, but for the lines of a stack. */
const NO_TEXT = /(?!\n {4}at )[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** An app's own source or store may have taken into its message what a caller sent. */
export function prettyLine(event: AuthEvent): string {
  if (event.kind === 'misconfigured') {
    return ['not configured:', ...event.problems.map((problem) => `  ${describeProblem(problem)}`)].join('\n');
  }
  return lineOf(event).replace(NO_TEXT, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function lineOf(event: Exclude<AuthEvent, { kind: 'misconfigured' }>): string {
  switch (event.kind) {
    case 'issued': {
      const { caller, format, ttlMs, resources, matchedRules } = event;
      const who = caller.subjectHash ? `${caller.source}:${caller.subjectHash}` : caller.identityKind;
      const leftOut = event.leftOut.map(
        ({ grant, placeholder, why }) => `; left out ${grant}: {${placeholder}} ${why}`,
      );
      const outage = event.gateOutage === undefined ? '' : `; gate not asked: ${event.gateOutage}`;
      const uncounted = event.limitOutage === undefined ? '' : `; counted here alone: ${event.limitOutage}`;
      return `issued   ${format} in ${event.durationMs.toFixed(1)} ms to ${who}, ${resources} resources, ${ttlMs / 1000} s, by ${matchedRules.join(' + ')}${leftOut.join('')}${prettyGrants(event.grants)}${outage}${uncounted}`;
    }
    case 'refused':
      return `refused  ${event.status} ${event.reason}${event.detail ? `: ${event.detail}` : ''} (${event.requestId})`;
    case 'revoked': {
      const { caller, action, targets, failed, requestId } = event;
      return `revoked  ${targets - failed}/${targets} (${action}) by ${caller.source}:${caller.subjectHash} (${requestId})`;
    }
    case 'preflight':
      return `preflight ${event.allowed ? '' : 'not '}allowed (${event.requestId})`;
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
