/**
 * What is particular about the tokens of each provider, a row each: data for presets.ts, and for people who look up why
 * a preset asks for what it asks. Placeholders in braces are options of the preset.
 *
 * From the provider's own page, and where that is silent from what its SDK does. Looked up in November 2026.
 */
import type { AsymmetricAlgorithm } from './token-rules.ts';

export interface Provider {
  /** `iss`, exactly; a provider may have several spellings. */
  readonly issuers: readonly string[];
  readonly keys: string;
  readonly algorithms: readonly AsymmetricAlgorithm[];
  /** The claim that plays the audience. */
  readonly audienceClaim: string;
  readonly subjectClaim: string;
  readonly sessionClaim?: string;
  readonly quirk: string;
  readonly page: string;
}

export const PROVIDERS = {
  auth0: {
    issuers: ['https://{domain}/'],
    keys: 'https://{domain}/.well-known/jwks.json',
    algorithms: ['RS256'],
    audienceClaim: 'aud',
    subjectClaim: 'sub',
    quirk: 'The issuer ends with a slash. Without an `audience` in the login request the access token is no JWT.',
    page: 'https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles',
  },
  cognito: {
    issuers: ['https://cognito-idp.{region}.{awsDomain}/{userPoolId}'],
    keys: 'https://cognito-idp.{region}.{awsDomain}/{userPoolId}/.well-known/jwks.json',
    algorithms: ['RS256'],
    audienceClaim: 'client_id in access tokens, aud in ID tokens',
    subjectClaim: 'sub',
    sessionClaim: 'origin_jti',
    quirk: 'Access tokens have no `aud`; `token_use` tells the two kinds apart.',
    page: 'https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html',
  },
  cognitoIdentityPool: {
    issuers: ['https://cognito-identity.amazonaws.com'],
    keys: 'https://cognito-identity.amazonaws.com/.well-known/jwks_uri',
    algorithms: ['RS512'],
    audienceClaim: 'aud',
    subjectClaim: 'sub',
    quirk: 'Lives 10 minutes. Guests of the pool have tokens as well: `amr` begins with `unauthenticated`.',
    page: 'https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetOpenIdToken.html',
  },
  clerk: {
    issuers: ['https://{frontendApi}'],
    keys: 'https://{frontendApi}/.well-known/jwks.json',
    algorithms: ['RS256'],
    audienceClaim: 'azp',
    subjectClaim: 'sub',
    quirk: 'Session tokens live a minute and have no `aud`; `sts: pending` is a sign-in that has not ended.',
    page: 'https://clerk.com/docs/guides/sessions/session-tokens',
  },
  firebase: {
    issuers: ['https://securetoken.google.com/{projectId}'],
    keys: 'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com',
    algorithms: ['RS256'],
    audienceClaim: 'aud',
    subjectClaim: 'sub',
    quirk: 'All projects share the keys. Anonymous sign-in: `firebase.sign_in_provider` is `anonymous`.',
    page: 'https://firebase.google.com/docs/auth/admin/verify-id-tokens',
  },
  supabase: {
    issuers: ['https://{project}/auth/v1'],
    keys: 'https://{project}/auth/v1/.well-known/jwks.json',
    algorithms: ['ES256', 'RS256'],
    audienceClaim: 'aud',
    subjectClaim: 'sub',
    sessionClaim: 'session_id',
    quirk: 'Projects with the legacy secret publish no key: `supabaseSecret`. Anonymous users have `is_anonymous`.',
    page: 'https://supabase.com/docs/guides/auth/jwt-fields',
  },
  okta: {
    issuers: ['https://{domain}/oauth2/{authorizationServer}'],
    keys: 'https://{domain}/oauth2/{authorizationServer}/v1/keys',
    algorithms: ['RS256'],
    audienceClaim: 'aud',
    subjectClaim: 'uid',
    quirk:
      '`sub` of an access token is the login name, which can be given away; `uid` is the user. The org server has no verifiable ones.',
    page: 'https://developer.okta.com/docs/guides/validate-access-tokens/',
  },
  entra: {
    issuers: ['https://login.microsoftonline.com/{tenant}/v2.0', 'https://sts.windows.net/{tenant}/'],
    keys: 'https://login.microsoftonline.com/{tenant}/discovery/v2.0/keys',
    algorithms: ['RS256'],
    audienceClaim: 'aud',
    subjectClaim: 'oid',
    quirk: 'One issuer a tenant; `sub` differs from app to app; apps have tokens as well, with `sub` equal to `oid`.',
    page: 'https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference',
  },
  google: {
    issuers: ['https://accounts.google.com', 'accounts.google.com'],
    keys: 'https://www.googleapis.com/oauth2/v3/certs',
    algorithms: ['RS256'],
    audienceClaim: 'aud',
    subjectClaim: 'sub',
    quirk: 'Two spellings of the issuer. ID tokens only: access tokens are no JWTs. `hd` is the Workspace domain.',
    page: 'https://developers.google.com/identity/openid-connect/openid-connect#validatinganidtoken',
  },
  workos: {
    issuers: ['https://api.workos.com/user_management/{clientId}', 'https://api.workos.com'],
    keys: 'https://api.workos.com/sso/jwks/{clientId}',
    algorithms: ['RS256'],
    audienceClaim: 'none: the keys are those of one client id',
    subjectClaim: 'sub',
    quirk: 'No `aud`. Environments from before mid-2025 have the issuer without a path, shared by all.',
    page: 'https://workos.com/docs/reference/authkit/session-tokens',
  },
  keycloak: {
    issuers: ['{url}/realms/{realm}'],
    keys: '{url}/realms/{realm}/protocol/openid-connect/certs',
    algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    audienceClaim: 'aud',
    subjectClaim: 'sub',
    quirk:
      '`aud` is `account` until the client has an audience mapper. `typ` in the claims says which kind of token it is.',
    page: 'https://www.keycloak.org/securing-apps/oidc-layers',
  },
  kinde: {
    issuers: ['https://{domain}'],
    keys: 'https://{domain}/.well-known/jwks',
    algorithms: ['RS256'],
    audienceClaim: 'aud',
    subjectClaim: 'sub',
    quirk: '`aud` is an empty list until the login asks for an API; tokens of machines have no `sub`.',
    page: 'https://docs.kinde.com/build/tokens/about-access-tokens/',
  },
  logto: {
    issuers: ['https://{domain}/oidc'],
    keys: 'https://{domain}/oidc/jwks',
    algorithms: ['ES384', 'RS256'],
    audienceClaim: 'aud',
    subjectClaim: 'sub',
    quirk: 'Without a resource in the login request the access token is no JWT.',
    page: 'https://docs.logto.io/authorization/validate-access-tokens',
  },
  alb: {
    issuers: ['{issuer}'],
    keys: 'https://public-keys.auth.elb.{region}.amazonaws.com/{kid}',
    algorithms: ['ES256'],
    audienceClaim: 'signer and client, both in the header',
    subjectClaim: 'sub',
    quirk:
      'The kid is a part of the key’s address, PEM; parts are padded with `=`; `signer` must be our load balancer.',
    page: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html',
  },
  cloudflareAccess: {
    issuers: ['https://{team}.cloudflareaccess.com'],
    keys: 'https://{team}.cloudflareaccess.com/cdn-cgi/access/certs',
    algorithms: ['RS256'],
    audienceClaim: 'aud',
    subjectClaim: 'sub',
    quirk: 'In a header that Cloudflare writes after looking at a cookie: ambient. Service tokens have an empty `sub`.',
    page: 'https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/validating-json/',
  },
} as const satisfies Readonly<Record<string, Provider>>;

export type ProviderName = keyof typeof PROVIDERS;
