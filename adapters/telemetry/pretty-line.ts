/** An event as a person at a terminal reads it. Apart from the rest, because few functions write so. */
import { type AuthEvent, describeProblem } from '../../index.ts';

type IssuedGrants = Extract<AuthEvent, { kind: 'issued' }>['grants'];

export function prettyLine(event: AuthEvent): string {
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
