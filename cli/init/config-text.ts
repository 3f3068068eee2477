/** The files that say who may call and what they may do, as `init` writes them for an identity source. */
import { CannotRun } from '../command.ts';
import type { Ask, IdentityChoice, Values } from './identities.ts';

const MEMBERS = `    {
      name: 'signed-in users',
      grant: {
        'user:{sub}': ['subscribe'],
        'room:*': ['publish', 'subscribe', 'presence', 'history'],
      },
    },
`;

/** `auth.config.ts`. @throws CannotRun for a value that is missing, or cannot be meant */
export function configText(choice: IdentityChoice, given: Values): string {
  const { imports, comment, source, above, secret } = choice;
  const names = ['anonymous', 'defineAuth', ...imports].sort((a, b) => (a < b ? -1 : 1)).join(', ');
  const values = Object.fromEntries(choice.asks.map((ask) => [ask.name, literal(ask, given[ask.name])]));
  const one = source?.(values);
  const env = secret ? 'env' : '';
  const sources = [
    ...(one === undefined ? [] : [secret ? `...(env.${secret.name} ? [${one}] : [])` : one]),
    'anonymous()',
  ];
  return `/** Who may call, and what they may do: the one file to edit. */
import { ${names} } from 'ably-auth-functions';

${above === undefined ? '' : `${above}\n`}export default defineAuth((${env}) => ({
  // ${comment}
  sources: ${listOf(sources)},
  rules: [
    { name: 'visitors read notifications', when: { kind: 'anonymous' }, grant: { notifications: ['subscribe'] } },
${one === undefined ? '' : MEMBERS}  ],
}));
`;
}

/** `auth.config.test.ts`. @param runner what the project tests with: any that has an `it` */
export function policyTestText({ source, secret }: IdentityChoice, runner: string): string {
  const members = `  [{ sub: 'bob' }, 'publish', 'room:7', true],
  [{ sub: 'bob' }, 'subscribe', 'user:bob', true],
  [{ sub: 'bob' }, 'subscribe', 'user:ada', false],
`;
  const options = isOwnSecret(secret)
    ? `, { env: { ${secret.name}: 'for-tests-only-nothing-is-signed-with-it' } }`
    : '';
  return `/** Who may do what, where: one test a row. */
import { it } from '${runner}';
import { testPolicy } from 'ably-auth-functions/testing';
import auth from './auth.config.js';

testPolicy(it, auth, [
  [undefined, 'subscribe', 'notifications', true],
  [undefined, 'publish', 'room:7', false],
${source === undefined ? '' : members}]${options});
`;
}

/** Whether only the project knows of it: lint and the test kit bring a session secret, and no other. */
export function isOwnSecret(secret: IdentityChoice['secret']): secret is NonNullable<IdentityChoice['secret']> {
  return secret !== undefined && secret.name !== 'ABLY_AUTH_SESSION_SECRET';
}

/** `.env.example`. */
export function settingsText({ secret }: IdentityChoice): string {
  return [
    `# For the local tools. On the platform, set them as environment variables; the first ${secret ? 'two as secrets' : 'as a secret'}.`,
    '# Your Ably API key. Without it, `dev` runs a local Ably-compatible service.',
    '# ABLY_API_KEY=appId.keyId:secret',
    ...(secret ? [`# ${secret.about}`, `${secret.name}=`] : []),
    '# Exact origins of the pages that may call from a browser, comma-separated.',
    'ABLY_AUTH_ALLOWED_ORIGINS=https://app.example',
    '',
  ].join('\n');
}

/** On one line, where that is readable. */
function listOf(items: readonly string[]): string {
  const line = `[${items.join(', ')}]`;
  return line.length <= 105 ? line : `[\n${items.map((item) => `    ${item},\n`).join('')}  ]`;
}

function literal({ name, isList }: Ask, value: string | undefined): string {
  if (value === undefined || value.trim() === '') throw new CannotRun(`There is no value for ${name}.`);
  // It becomes a line of code.
  if (/[\p{Cc}\u2028\u2029]/u.test(value)) throw new CannotRun(`The value for ${name} has control characters in it.`);
  if (!isList) return quote(value.trim());
  const items = value.split(',').flatMap((item) => item.trim() || []);
  return `[${items.map(quote).join(', ')}]`;
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
