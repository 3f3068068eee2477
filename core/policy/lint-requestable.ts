/**
 * Looks at what clients may ask for as at what rules grant: nobody may ask, an operation has no effect, the API key has
 * not got it. And at whether asking fits the rest: entries that are never asked, nothing to ask for, a JWT's little room.
 */
import type { AuthConfig } from '../config.ts';
import type { ConfigProblem } from '../config-problem.ts';
import { compilePolicy, type Policy } from './compile-policy.ts';
import type { Report } from './lint-finding.ts';
import { lintGrants } from './lint-grants.ts';
import { lintReach } from './lint-reach.ts';
import type { Rule } from './rule.ts';

/** @param problems receives what may not be deployed; with any, nothing else is said */
export function lintRequestable(config: AuthConfig, policy: Policy, problems: ConfigProblem[], report: Report): void {
  const { grants, requestable = [], sources, tokenFormat } = config;
  const before = problems.length;
  const resolved = grants?.resolve(config, {}, problems);
  if (!resolved || problems.length > before) return;
  const isAsked = resolved.remember !== 'nothing';
  if (isAsked && requestable.length === 0) {
    report('warning', 'grants', 'there is nothing to ask for', 'List it as requestable, or remove the line');
  }
  if (!isAsked && requestable.length > 0) {
    report('warning', 'requestable', 'it is never asked for: the policy alone answers', "Write remembering('client')");
  }
  if (isAsked && tokenFormat === 'jwt') {
    const finding = 'a JWT has room for some fifty channels: of more that are asked for the newest are in it';
    report('note', 'tokenFormat', finding, 'Use the format token-request where a client may ask for many');
  }
  // As rules they say the same of whom and what; the placeholders are no claims.
  const asRules = requestable.map(({ name, resource, operations, when }, index): Rule => {
    const grant = { [resource]: operations };
    return { name: name ?? `${resource} ${index}`, grant, ...(when && { when }) };
  });
  const whom = asRules.map(({ name, when }): Rule => ({ name, grant: {}, ...(when && { when }) }));
  lintReach(sources, whom, 'requestable', report);
  const { ceiling } = policy;
  lintGrants(compilePolicy(asRules, [], { ...(ceiling && { ceiling }) }), asRules, 'requestable', report);
}
