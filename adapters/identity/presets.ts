/**
 * A function for each provider: the few values that are yours, and everything else as the row in providers.ts says.
 * Each yields a source as `oidc` does and takes the same further options. AWS load balancers are in alb.ts, providers
 * with a secret in secret-presets.ts.
 */
import type { IdentitySource } from '../../core/identity/identity.ts';
import { isRecord, type JsonObject } from './json-names.ts';
import { audienceProblems } from './oidc.ts';
import { type PresetOptions, providerSource } from './provider-source.ts';
import { audienceList } from './token-source.ts';

/** One of several is enough. */
type Audience = string | readonly string[];

/** `auth0({ domain: 'tenant.eu.auth0.com', audience: 'https://api.example' })`, for access tokens of an API. */
export function auth0(
  options: PresetOptions & { readonly domain: string; readonly audience: Audience },
): IdentitySource {
  const { domain, audience } = options;
  return providerSource('auth0', options, { fill: [{ domain }], ...forAudience('auth0', audience) });
}

export interface CognitoOptions extends PresetOptions {
  readonly region: string;
  readonly userPoolId: string;
  /** Of the app client, or of several. */
  readonly clientId: Audience;
  /** Which of the two kinds of token counts. Default `access`; ID tokens have the user's attributes. */
  readonly tokenUse?: 'access' | 'id' | 'either';
}

/** Amazon Cognito user pools. */
export function cognito(options: CognitoOptions): IdentitySource {
  const { region, userPoolId, clientId, tokenUse = 'access' } = options;
  const awsDomain = String(region).startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return providerSource('cognito', options, {
    fill: [{ region, userPoolId, awsDomain }],
    audiences: audienceList(clientId),
    problems: audienceProblems(clientId, 'cognito').map((problem) => ({
      ...problem,
      setting: 'cognito({ clientId })',
    })),
    own: {
      audienceClaim: ({ token_use }) => (token_use === 'access' ? 'client_id' : 'aud'),
      demanded: { token_use: tokenUse === 'either' ? ['access', 'id'] : tokenUse },
    },
  });
}

/** Amazon Cognito identity pools: the token of GetOpenIdToken. The pool's guests are guests here. */
export function cognitoIdentityPool(options: PresetOptions & { readonly identityPoolId: Audience }): IdentitySource {
  const { identityPoolId } = options;
  return providerSource('cognitoIdentityPool', options, {
    fill: [{}],
    ...forAudience('cognitoIdentityPool', identityPoolId),
    own: { isGuest: ({ amr }) => !(Array.isArray(amr) && amr.includes('authenticated')) },
  });
}

export interface ClerkOptions extends PresetOptions {
  /** Host of the Frontend API: `clerk.app.example`, or `name.clerk.accounts.dev` in development. */
  readonly frontendApi: string;
  /** Origins of the pages that sign users in: what Clerk writes into `azp`. */
  readonly authorizedParties: Audience;
}

/** Clerk session tokens, from the Authorization header or with `from: { cookie: '__session' }`. */
export function clerk(options: ClerkOptions): IdentitySource {
  const { frontendApi, authorizedParties, sessionEndsWithToken = false } = options;
  return providerSource('clerk', options, {
    fill: [{ frontendApi }],
    ...forAudience('clerk', authorizedParties),
    own: {
      // A minute, and renewed for as long as the user is signed in.
      sessionEndsWithToken,
      refuse: ({ sts }) => (sts === undefined || sts === 'active' ? undefined : 'the sign-in has not ended (sts)'),
    },
  });
}

/** Firebase Authentication, and Google Cloud Identity Platform. Anonymous users are guests. */
export function firebase(options: PresetOptions & { readonly projectId: string }): IdentitySource {
  const { projectId } = options;
  return providerSource('firebase', options, {
    fill: [{ projectId }],
    audiences: [projectId],
    own: {
      present: ['auth_time'],
      isGuest: ({ firebase: about }) => isRecord(about) && about.sign_in_provider === 'anonymous',
    },
  });
}

/** Supabase projects that sign with a private key. `project` is the host: `<ref>.supabase.co`, or your own. */
export function supabase(options: PresetOptions & { readonly project: string }): IdentitySource {
  return providerSource('supabase', options, {
    fill: [{ project: options.project }],
    audiences: ['authenticated'],
    own: { isGuest: isAnonymousAtSupabase },
  });
}

export function isAnonymousAtSupabase({ is_anonymous: isAnonymous }: JsonObject): boolean {
  return isAnonymous === true;
}

export interface OktaOptions extends PresetOptions {
  readonly domain: string;
  readonly audience: Audience;
  /** Of a custom authorization server; the tokens of the org server are for Okta itself. Default `default`. */
  readonly authorizationServer?: string;
}

/** Okta access tokens. */
export function okta(options: OktaOptions): IdentitySource {
  const { domain, audience, authorizationServer = 'default' } = options;
  return providerSource('okta', options, { fill: [{ domain, authorizationServer }], ...forAudience('okta', audience) });
}

export interface EntraOptions extends PresetOptions {
  /** Ids of the tenants whose users may come, in lower case. `common` cannot be written: it would be everyone. */
  readonly tenants: readonly string[];
  /** The application's client id, and where it has version 1 tokens its `api://` identifier. */
  readonly audience: Audience;
}

/** Microsoft Entra ID, for users. With several tenants the subject is `<tenant>.<oid>`. */
export function entra(options: EntraOptions): IdentitySource {
  const { tenants, audience } = options;
  const fill = Array.isArray(tenants) ? tenants.map((tenant: string) => ({ tenant })) : [];
  const fix = "Write the id of each tenant: ['aaaabbbb-0000-cccc-1111-dddd2222eeee']";
  const { problems = [], audiences } = forAudience('entra', audience);
  return providerSource('entra', options, {
    fill,
    audiences,
    problems:
      fill.length > 0 ? problems : [...problems, { setting: 'entra({ tenants })', problem: 'there is none', fix }],
    own: {
      // The issuer says so already; a key that tenants share must not be all that says it.
      refuse: ({ iss, tid, idtyp, sub, oid }) => {
        if (typeof tid !== 'string' || !String(iss).includes(`/${tid}/`)) return 'its tenant is not its issuer’s (tid)';
        return idtyp === 'app' || sub === oid ? 'it is the token of an app, not of a user' : undefined;
      },
      ...(fill.length > 1 && {
        subjectOf: ({ tid, oid }) => (typeof oid === 'string' && oid !== '' ? `${String(tid)}.${oid}` : undefined),
      }),
    },
  });
}

/** Google ID tokens. For one Workspace only: `requiredClaims: { hd: 'company.example' }`. */
export function google(options: PresetOptions & { readonly clientId: Audience }): IdentitySource {
  return providerSource('google', options, { fill: [{}], ...forAudience('google', options.clientId) });
}

/** WorkOS AuthKit access tokens. */
export function workos(options: PresetOptions & { readonly clientId: string }): IdentitySource {
  return providerSource('workos', options, { fill: [{ clientId: options.clientId }], audiences: [] });
}

export interface KeycloakOptions extends PresetOptions {
  /** Without a slash at the end: `https://sso.example`. */
  readonly url: string;
  readonly realm: string;
  /** What the client's audience mapper writes. `account` is in the tokens of all clients: name your own. */
  readonly audience: Audience;
}

/** Keycloak access tokens, and ID tokens whose `aud` is the client. */
export function keycloak(options: KeycloakOptions): IdentitySource {
  const { url, realm, audience } = options;
  return providerSource('keycloak', options, {
    fill: [{ url, realm }],
    ...forAudience('keycloak', audience),
    own: { demanded: { typ: ['Bearer', 'ID'] } },
  });
}

/** Kinde access tokens of an API. */
export function kinde(
  options: PresetOptions & { readonly domain: string; readonly audience: Audience },
): IdentitySource {
  const { domain, audience } = options;
  return providerSource('kinde', options, { fill: [{ domain }], ...forAudience('kinde', audience) });
}

/** Logto access tokens of an API resource. */
export function logto(
  options: PresetOptions & { readonly domain: string; readonly audience: Audience },
): IdentitySource {
  const { domain, audience } = options;
  return providerSource('logto', options, { fill: [{ domain }], ...forAudience('logto', audience) });
}

/** Cloudflare Access in front of the endpoint. `audience` is the application's AUD tag. */
export function cloudflareAccess(
  options: Omit<PresetOptions, 'from'> & { readonly team: string; readonly audience: Audience },
): IdentitySource {
  const { team, audience } = options;
  const placed = { ...options, from: { header: 'cf-access-jwt-assertion' } };
  const parts = { fill: [{ team }], ...forAudience('cloudflareAccess', audience), ambient: true };
  return providerSource('cloudflareAccess', placed, parts);
}

function forAudience(preset: string, audience: Audience) {
  return { audiences: audienceList(audience), problems: audienceProblems(audience, preset) };
}
