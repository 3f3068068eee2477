/**
 * Whether the formats that a config names can carry what it wants in them, and can be had here at all. What a caller of
 * several rules would lose only then is refused when that caller comes.
 */
import type { ConfigProblem } from './config-problem.ts';
import type { ResolvedAuth } from './resolve-config.ts';
import type { TokenFormat } from './token/settled-params.ts';

export function formatProblems(
  { policy, defaults, written }: ResolvedAuth,
  { hasAbly }: { readonly hasAbly: boolean },
): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const carries = written.embeddedJwt?.carries ?? 'jwt';
  const fallback = written.tokenFormat === undefined ? 'ABLY_AUTH_TOKEN_FORMAT' : 'tokenFormat';
  const used = new Map<string, TokenFormat>();

  for (const [index, rule] of policy.rules.entries()) {
    const format = rule.format ?? defaults.format;
    const at = `rules[${index}]`;
    const setting = rule.format === undefined ? fallback : `${at}.format`;
    used.set(setting, format);
    if (rule.jwt && !isJwt(format, carries)) {
      const problem = `only a JWT can carry it, and ${setting} is ${format}`;
      problems.push({ setting: `${at}.jwt`, problem, fix: 'Write jwt or auto as the format, or remove it' });
    }
    if (!rule.confidential) continue;
    if (format !== 'auto') {
      const problem = `only the format auto looks at it, and ${setting} is ${format}`;
      problems.push({ setting: `${at}.confidential`, problem, fix: 'Write auto as the format, or remove it' });
    }
    if (rule.jwt ?? written.jwt) {
      const problem = 'it asks for a TokenRequest, which cannot carry what jwt says';
      problems.push({ setting: `${at}.confidential`, problem, fix: 'Keep one of the two' });
    }
  }
  for (const [setting, format] of used) {
    if (written.jwt && !isJwt(format, carries)) {
      const problem = `only a JWT can carry it, and ${setting} is ${format}`;
      problems.push({ setting: 'jwt', problem, fix: 'Write jwt or auto as the format, or remove it' });
    }
    if (!hasAbly && (format === 'ably-token' || (format === 'embedded-jwt' && carries === 'ably-token'))) {
      const fix =
        'Install the package and give createHandler a way to call Ably, { ably: createAblyApi(process.env) }, or write token-request or jwt';
      problems.push({ setting, problem: 'an Ably token is asked of Ably, and this function holds no SDK for it', fix });
    }
  }
  return problems;
}

function isJwt(format: TokenFormat, carries: 'jwt' | 'ably-token'): boolean {
  return format === 'jwt' || format === 'auto' || (format === 'embedded-jwt' && carries === 'jwt');
}
