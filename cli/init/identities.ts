/**
 * The identity sources that `init` offers: what each must be told, and how it is written into a config. Nothing of it is a
 * secret: those are read from the environment, under a name that stands in `.env.example`.
 */

export interface Ask {
  /** As the option of the source is called, and `--set NAME=VALUE`. */
  readonly name: string;
  readonly about: string;
  readonly example: string;
  /** Several, separated by commas. */
  readonly isList?: true;
}

export interface IdentityChoice {
  /** For a person who chooses. */
  readonly about: string;
  readonly asks: readonly Ask[];
  /** Imported from the package, beside what every config imports. */
  readonly imports: readonly string[];
  /** Above the sources: whom they are for. */
  readonly comment: string;
  /** The element of `sources`; `undefined` where there are only visitors. */
  readonly source?: (values: Values) => string;
  /** Code above the config. */
  readonly above?: string;
  /** What holds its secret, and what `.env.example` says of it. Without it the source is left out. */
  readonly secret?: { readonly name: string; readonly about: string };
}

/** As they are written into the config: literals. */
export type Values = Readonly<Record<string, string>>;

const AUDIENCE: Ask = { name: 'audience', about: 'whom its tokens are for (aud)', example: 'https://api.example' };

export const IDENTITIES: Readonly<Record<string, IdentityChoice>> = {
  session: {
    about: 'a login of your own, which writes our session cookie',
    asks: [],
    imports: ['session', 'sessionSecrets'],
    comment: 'Visitors, and whoever your own login gave a session to (`createSessionCookies`).',
    source: () => 'session({ secrets: sessionSecrets(env) })',
    secret: {
      name: 'ABLY_AUTH_SESSION_SECRET',
      about:
        'Signs the session cookies of your own login: 32 random bytes or more. Without it only visitors get a token.',
    },
  },
  oidc: provider('oidc', 'any OpenID Connect provider', [
    { name: 'issuer', about: 'exactly as its tokens say it (iss)', example: 'https://login.example' },
    AUDIENCE,
  ]),
  auth0: provider('auth0', 'Auth0', [
    { name: 'domain', about: 'of your tenant', example: 'tenant.eu.auth0.com' },
    { ...AUDIENCE, about: 'the identifier of your API' },
  ]),
  clerk: provider('clerk', 'Clerk', [
    { name: 'frontendApi', about: 'host of the Frontend API', example: 'clerk.app.example' },
    { name: 'authorizedParties', about: 'origins of your pages (azp)', example: 'https://app.example', isList: true },
  ]),
  cognito: provider('cognito', 'Amazon Cognito user pools', [
    { name: 'region', about: 'of the user pool', example: 'eu-west-1' },
    { name: 'userPoolId', about: 'its id', example: 'eu-west-1_AbCdEf123' },
    { name: 'clientId', about: 'of the app client', example: '1example23456789' },
  ]),
  firebase: provider('firebase', 'Firebase Authentication', [
    { name: 'projectId', about: 'the id of the project', example: 'my-project' },
  ]),
  supabase: provider('supabase', 'Supabase', [
    { name: 'project', about: 'the host of the project', example: 'abcdefghijklmnopqrst.supabase.co' },
  ]),
  okta: provider('okta', 'Okta', [
    { name: 'domain', about: 'of your organization', example: 'company.okta.com' },
    { ...AUDIENCE, example: 'api://default' },
  ]),
  entra: provider('entra', 'Microsoft Entra ID', [
    { name: 'tenants', about: 'ids of the tenants', example: 'aaaabbbb-0000-cccc-1111-dddd2222eeee', isList: true },
    { ...AUDIENCE, about: 'the client id of the application', example: '11112222-bbbb-3333-cccc-4444dddd5555' },
  ]),
  google: provider('google', 'Google', [
    { name: 'clientId', about: 'of the OAuth client', example: '1234-example.apps.googleusercontent.com' },
  ]),
  workos: provider('workos', 'WorkOS AuthKit', [
    { name: 'clientId', about: 'of the environment', example: 'client_123' },
  ]),
  keycloak: provider('keycloak', 'Keycloak', [
    { name: 'url', about: 'of the server, without a slash at the end', example: 'https://sso.example' },
    { name: 'realm', about: 'its name', example: 'my-realm' },
    { ...AUDIENCE, about: 'what the audience mapper of the client writes', example: 'ably-auth' },
  ]),
  kinde: provider('kinde', 'Kinde', [
    { name: 'domain', about: 'of your business', example: 'company.kinde.com' },
    AUDIENCE,
  ]),
  logto: provider('logto', 'Logto', [
    { name: 'domain', about: 'of your tenant', example: 'company.logto.app' },
    AUDIENCE,
  ]),
  'shared-secret': {
    about: 'JWTs that your own backend signs with a shared secret',
    asks: [
      { name: 'issuer', about: 'what they say of who signs them (iss)', example: 'https://app.example' },
      { ...AUDIENCE, example: 'ably' },
    ],
    imports: ['sharedSecretJwt'],
    comment: 'Visitors, and whoever has a JWT of your own backend.',
    source: ({ issuer, audience }) =>
      `sharedSecretJwt({ secrets: env.APP_JWT_SECRET.split(','), issuer: ${issuer}, audience: ${audience} })`,
    secret: {
      name: 'APP_JWT_SECRET',
      about: 'What your backend signs its JWTs with: 32 random bytes or more. Without it only visitors get a token.',
    },
  },
  introspect: {
    about: 'a session that your own server knows (Auth.js, Better Auth, Express …): it is asked',
    asks: [
      {
        name: 'url',
        about: 'where it says who is signed in, as JSON',
        example: 'https://app.example/api/auth/session',
      },
      { name: 'cookies', about: 'the cookies of the session', example: 'connect.sid', isList: true },
      { name: 'subject', about: 'where in the answer the user’s id is', example: 'user.id' },
    ],
    imports: ['introspect'],
    comment: 'Whoever your own server knows by a cookie, and visitors.',
    source: ({ url, cookies, subject }) =>
      `introspect({ url: ${url}, forward: { cookies: ${cookies} }, subject: ${subject} })`,
  },
  custom: {
    about: 'a function of your own',
    asks: [],
    imports: ['custom'],
    comment: 'Whoever your own function knows by a cookie, and visitors.',
    source: () => "custom({ name: 'app', from: { cookie: 'app-session' }, identify })",
    above: `/** Stands for your session store: who has this session. Until it says, nobody is let in. */
const sessions = new Map<string, { readonly userId: string }>();

async function identify({ credential }: { readonly credential: string }) {
  const session = sessions.get(credential);
  return session ? { subject: session.userId } : 'rejected';
}
`,
  },
  none: {
    about: 'nobody signs in: visitors only',
    asks: [],
    imports: [],
    comment: 'Visitors only.',
  },
};

function provider(name: string, about: string, asks: readonly Ask[]): IdentityChoice {
  return {
    about,
    asks,
    imports: [name],
    comment: `Whoever has signed in at ${about === 'any OpenID Connect provider' ? 'your provider' : about}, and visitors.`,
    source: (values) => `${name}({ ${asks.map((ask) => `${ask.name}: ${values[ask.name]}`).join(', ')} })`,
  };
}
