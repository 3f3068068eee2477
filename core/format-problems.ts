/**
 * Whether the formats that a config names can carry what it wants in them, and can be had here at all. What a caller of
 * several rules would lose only then is refused when that caller comes.
 */
import type { AuthConfig } from './config.ts';
import type { ConfigProblem } from './config-problem.ts';
import type { CompiledRule } from './policy/compile-policy.ts';
import type { ResolvedAuth } from './resolve-config.ts';
import type { Environment } from './settings.ts';
import { TOKEN_FORMATS, type TokenFormat } from './token/settled-params.ts';

/** Which format a rule leads to, and what says so. */
export interface FormatOfRule {
  readonly rule: CompiledRule;
  /** Where the rule stands. */
  readonly at: string;
  readonly format: TokenFormat;
  readonly setting: string;
}

/** Of each rule but those whose format could not be read: what is wrong with that was said. */
export function formatsOfRules({ policy, defaults, written }: ResolvedAuth, env: Environment): readonly FormatOfRule[] {
  const { tokenFormat } = written;
  const fallback = tokenFormat ?? (env.ABLY_AUTH_TOKEN_FORMAT || undefined);
  const isRead = fallback === undefined || TOKEN_FORMATS.some((known) => known === fallback);
  return policy.rules.flatMap((rule, index): readonly FormatOfRule[] => {
    const at = `${policy.setting}[${index}]`;
    if (rule.format) return [{ rule, at, format: rule.format, setting: `${at}.format` }];
    if (!isRead || written.rules[index]?.format !== undefined) return [];
    const setting = tokenFormat === undefined ? 'ABLY_AUTH_TOKEN_FORMAT' : 'tokenFormat';
    return [{ rule, at, format: defaults.format, setting }];
  });
}

export function formatProblems(
  formats: readonly FormatOfRule[],
  written: AuthConfig,
  { hasAbly }: { readonly hasAbly: boolean },
): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const carries = written.embeddedJwt?.carries ?? 'jwt';
  const used = new Map<string, TokenFormat>();

  for (const { rule, at, format, setting } of formats) {
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
