/**
 * Whether revoking and the rest of a config agree: lives that Ably would cut, tokens that cannot be revoked, and
 * revocations that nobody remembers. Token requests beside `revocable` are an error, found by check-revocable.ts.
 */
import type { AuthConfig } from '../config.ts';
import { parseDurationMs } from '../duration.ts';
import { MAX_REVOCABLE_TTL_MS } from '../limits.ts';
import type { Report } from './lint-finding.ts';
import { kindsOf, matchOf } from './match.ts';

export function lintRevocable(config: AuthConfig, report: Report): void {
  const { revocable, store, ttl, rules } = config;
  const named = [{ ttl, at: 'ttl' }, ...rules.map((rule, index) => ({ ttl: rule.ttl, at: `rules[${index}].ttl` }))];
  if (!revocable) {
    const at = rules.findIndex(({ mayRevoke }) => mayRevoke !== undefined);
    if (at === -1) return;
    const finding = 'the config is not revocable: Ably revokes only tokens of a key that has revocable tokens on';
    report('warning', `rules[${at}].mayRevoke`, finding, 'Turn them on for the key, and write revocable: true');
    return;
  }
  for (const { ttl: text, at } of named) {
    const ttlMs = text === undefined ? undefined : parseDurationMs(text);
    if (ttlMs === undefined || ttlMs <= MAX_REVOCABLE_TTL_MS) continue;
    report('warning', at, 'it is cut to 1h: Ably takes no revocable token that lives longer', 'Write 1h or less');
  }
  for (const [index, { wildcardClientId, clientId, when, jwt }] of rules.entries()) {
    const strangersOnly = kindsOf(matchOf(when)).every((kind) => kind === 'anonymous');
    if (strangersOnly || !(wildcardClientId || clientId === false) || (jwt ?? config.jwt)?.revocationKey) continue;
    const at = `rules[${index}].${wildcardClientId ? 'wildcardClientId' : 'clientId'}`;
    const finding = 'revoking a person misses these tokens, which do not say who it is';
    report('warning', at, finding, "Name them by a group, jwt: { revocationKey: 'user-{sub}' }");
  }
  if (store === undefined) {
    const finding = 'it takes a store to keep who is revoked from a new token; the config names none';
    report('note', 'revocable', finding, 'Set ABLY_AUTH_STORE where it is deployed, or name a store');
  }
}
