/** What a capability allows, in words, and what is wrong with one. */
import { canonicalCapability } from '../../core/capability/canonical.ts';
import type { Capability } from '../../core/capability/capability.ts';
import type { OperationSet } from '../../core/capability/operations.ts';
import { parseCapability } from '../../core/capability/parse.ts';
import { parseResource } from '../../core/capability/resource.ts';
import { whyBroad } from '../../core/policy/grant-shape.ts';
import type { Findings, Right } from './inspection.ts';

/** They need somebody whose messages, presence or changes these are. */
const NEED_CLIENT_ID = ['presence', 'message-update-own', 'message-delete-own'] as const;

/**
 * @param value as it stands in the credential, where it is a text that holds JSON
 * @param clientId `undefined`: it cannot be known here
 */
export function readRights(
  value: unknown,
  clientId: string | null | undefined,
  findings: Findings,
): readonly Right[] | undefined {
  if (value === undefined || value === null) {
    findings.warning('it names no capability, which means all that its key can do', 'Name what its holder may do (S4)');
    return undefined;
  }
  if (typeof value !== 'string') {
    findings.error('its capability is no text', 'Write JSON as a text: an object ends Android clients with an error');
    return undefined;
  }
  const parsed = parseCapability(value);
  if (!parsed.ok) {
    for (const problem of parsed.problems)
      findings.error(`capability: ${problem}`, 'Ably refuses the whole of it: mend the policy');
    return undefined;
  }
  const { capability } = parsed;
  if (capability.size === 0)
    findings.error('its capability is empty', 'Ably refuses it (40160): grant something, or refuse the caller');
  if (canonicalCapability(capability) !== value) {
    findings.note(
      'its capability is not written as Ably’s SDKs write it',
      'It counts as it is signed; whoever writes it anew signs another text',
    );
  }
  for (const [resource, operations] of capability) {
    const why = whyBroad(resource, operations);
    if (why !== undefined)
      findings.warning(
        `${JSON.stringify(resource)} is broad: ${why}`,
        'Name the channels, unless this is a server of yours',
      );
  }
  if (clientId === null) checkAnonymous(capability, findings);
  return [...capability].map(([resource, operations]) => ({
    resource,
    operations: [...operations],
    means: describeResource(resource),
  }));
}

function checkAnonymous(capability: Capability, findings: Findings): void {
  const idle = [...capability.values()].flatMap((operations: OperationSet) =>
    NEED_CLIENT_ID.filter((name) => operations.has(name)),
  );
  if (idle.length === 0) return;
  const names = [...new Set(idle)].join(', ');
  findings.warning(
    `it allows ${names}, which needs a clientId, and has none`,
    'Give the caller a clientId, or leave these out',
  );
}

function describeResource(resource: string): string {
  const [qualifier, ...segments] = parseResource(resource);
  if (qualifier !== '' && qualifier !== '*') return `channels of the kind [${qualifier}]`;
  const kind = qualifier === '*' ? 'of every kind' : '';
  if (segments.length === 1 && segments[0] === '*') return `every channel ${kind || 'that has no qualifier'}`.trim();
  if (segments.at(-1) === '*')
    return `every channel ${kind} that begins with ${segments.slice(0, -1).join(':')}:`.replace('  ', ' ');
  return segments.includes('*') ? 'each * is one part of the name' : 'this channel';
}
