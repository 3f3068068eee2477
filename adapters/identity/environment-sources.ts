/**
 * The sources that settings alone switch on: callers' tokens when `ABLY_AUTH_ISSUER` is set, and the session cookie when
 * `ABLY_AUTH_SESSION_SECRET` is. For the shipped config, and for prebuilt functions that nobody can edit.
 *
 * With both, nobody knows here whether `7` of the issuer and `7` of your login are the same person, so each gets a prefix
 * (S19). Who knows writes the two sources into auth.config.ts, one with `sharesSubjectsWith`.
 */
import type { IdentitySource } from '../../core/identity/identity.ts';
import { session } from '../../core/identity/session.ts';
import { type Environment, sessionSecrets } from '../../core/settings.ts';
import { oidc } from './oidc.ts';

/** None, when no setting asks for one. What is wrong with a setting is among the problems of its source. */
export function environmentSources(env: Environment): readonly IdentitySource[] {
  const { ABLY_AUTH_ISSUER: issuer, ABLY_AUTH_AUDIENCE: audience, ABLY_AUTH_JWKS_URL: jwksUrl } = env;
  const verifiesTokens = Boolean(issuer || audience || jwksUrl);
  const opensSessions = Boolean(env.ABLY_AUTH_SESSION_SECRET);
  const both = verifiesTokens && opensSessions;
  const sources: IdentitySource[] = [];
  if (verifiesTokens) {
    const source = oidc({
      issuer: issuer ?? '',
      audience: (audience ?? '').split(',').flatMap((item) => item.trim() || []),
      ...(jwksUrl && { jwksUrl }),
      ...(both && { clientIdPrefix: 'oidc:' }),
    });
    const problems = source.problems.map((problem) => ({
      ...problem,
      setting: SETTINGS[problem.setting] ?? problem.setting,
    }));
    sources.push(Object.freeze({ ...source, problems }));
  }
  if (opensSessions) {
    sources.push(session({ secrets: sessionSecrets(env), ...(both && { clientIdPrefix: 'session:' }) }));
  }
  return sources;
}

/** Problems are to name what was set. */
const SETTINGS: Readonly<Record<string, string>> = {
  'oidc({ issuer })': 'ABLY_AUTH_ISSUER',
  'oidc({ audience })': 'ABLY_AUTH_AUDIENCE',
  'oidc({ jwksUrl })': 'ABLY_AUTH_JWKS_URL',
};
