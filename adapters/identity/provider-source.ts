/**
 * Makes a source of a row of providers.ts and the options that fill its placeholders. Each placeholder has a strict
 * form: a value of the config ends up in an address, and must not lead to another host.
 */
import type { ConfigProblem } from '../../core/config-problem.ts';
import type { IdentitySource } from '../../core/identity/identity.ts';
import type { TrustedIssuer } from './provider-keys.ts';
import { PROVIDERS, type Provider, type ProviderName } from './providers.ts';
import { ADDRESS_BOOK, type AddressBook, isSafeAddress } from './safe-address.ts';
import type { TokenRules } from './token-rules.ts';
import { createTokenSource, optionProblems, type TokenOptions, tokenRules } from './token-source.ts';

/** What all presets take; which claims play audience and subject is known. */
export interface PresetOptions extends Omit<TokenOptions, 'audienceClaim' | 'subjectClaim'> {
  readonly [ADDRESS_BOOK]?: AddressBook;
}

export interface PresetParts {
  /** One set of values for the placeholders; several where a provider has one issuer for each of a list. */
  readonly fill: readonly Readonly<Record<string, string>>[];
  /** Missing: the row says what plays it, and `own` checks it. */
  readonly audiences: readonly string[];
  readonly own?: Partial<TokenRules>;
  readonly problems?: readonly ConfigProblem[];
  readonly ambient?: boolean;
}

const HOST = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** One place for all presets; the text says what to write. */
const FORMS: Readonly<Record<string, readonly [form: RegExp, example: string]>> = {
  domain: [HOST, 'tenant.example'],
  frontendApi: [HOST, 'clerk.app.example'],
  project: [HOST, 'abcdefghijklmnopqrst.supabase.co'],
  authorizationServer: [/^[\w-]{1,100}$/, 'default'],
  region: [/^[a-z]{2}(-[a-z]+)+-\d$/, 'eu-west-1'],
  awsDomain: [/^amazonaws\.com(\.cn)?$/, 'amazonaws.com'],
  userPoolId: [/^[\w-]{1,55}$/, 'eu-west-1_AbCdEf123'],
  projectId: [/^[a-z0-9][a-z0-9-]{3,61}$/, 'my-project'],
  tenant: [/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'aaaabbbb-0000-cccc-1111-dddd2222eeee'],
  clientId: [/^[\w-]{1,128}$/, 'client_123'],
  realm: [/^[\w.~-]{1,255}$/, 'my-realm'],
  team: [LABEL, 'my-team'],
};

export function providerSource(provider: ProviderName, options: PresetOptions, parts: PresetParts): IdentitySource {
  const row: Provider = PROVIDERS[provider];
  const { name = provider } = options;
  const problems = [
    ...fillProblems(provider, parts.fill),
    ...(parts.problems ?? []),
    ...optionProblems(options, provider),
  ];
  const trusted = parts.fill.flatMap((values) =>
    row.issuers.map((issuer): TrustedIssuer => ({ issuer: fillIn(issuer, values), jwksUrl: fillIn(row.keys, values) })),
  );
  const rules = tokenRules(options, {
    algorithms: row.algorithms,
    issuers: trusted.map(({ issuer }) => issuer),
    audiences: parts.audiences,
    audienceClaim: () => row.audienceClaim,
    subjectClaim: row.subjectClaim,
    sessionClaim: row.sessionClaim ?? 'sid',
    ...parts.own,
  });
  return createTokenSource({
    name,
    options,
    rules,
    problems,
    ...(parts.ambient !== undefined && { ambient: parts.ambient }),
    loadVerifier: async () => {
      const { createIssuerVerifier } = await import('./issuer-verifier.ts');
      return createIssuerVerifier(rules, name, trusted, options[ADDRESS_BOOK]);
    },
  });
}

export function fillIn(pattern: string, values: Readonly<Record<string, string>>): string {
  return pattern.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}

/** @param provider the preset's name, for the problem */
export function fillProblems(
  provider: string,
  fill: readonly Readonly<Record<string, string>>[],
): readonly ConfigProblem[] {
  return fill.flatMap((values) =>
    Object.entries(values).flatMap(([name, value]) => {
      const setting = `${provider}({ ${name} })`;
      if (name === 'url') {
        if (typeof value === 'string' && isSafeAddress(value) && !/[?/]$|\?/.test(value)) return [];
        return [
          {
            setting,
            problem: 'it is not an https address',
            fix: 'Write https://sso.example, without a slash at the end',
          },
        ];
      }
      const [form, example] = FORMS[name] ?? [/^$/, ''];
      if (typeof value === 'string' && form.test(value)) return [];
      return [{ setting, problem: 'it is not one', fix: `Write something like ${example}` }];
    }),
  );
}
