'use strict';
/**
 * What `serverless deploy` takes from the environment and the parameters of whoever deploys, for serverless.yml: as
 * defaults of the fragments' parameters. Stops with a sentence when a setting is missing or would put a secret into the
 * template: secrets go by reference only. It is read for every command, also to look at a stack or to remove it: what
 * matters only to a deployment is for build-before-package.cjs.
 *
 * CommonJS and nothing but Node's own, because Serverless Framework 3 and 4 and osls load it themselves.
 */
const misspelt = require('./misspelt-parameters.cjs');

/** The function's own settings, under the names that they have on every platform. */
const FROM_ENVIRONMENT = {
  ABLY_API_KEY_SECRET_ID: 'ApiKeySecretArn',
  ABLY_API_KEY_SECRET_FIELD: 'ApiKeySecretField',
  ABLY_AUTH_ISSUER: 'Issuer',
  ABLY_AUTH_AUDIENCE: 'Audience',
  ABLY_AUTH_JWKS_URL: 'JwksUrl',
  ABLY_AUTH_ALLOWED_ORIGINS: 'AllowedOrigins',
  ABLY_AUTH_CORS: 'Cors',
  ABLY_AUTH_TOKEN_FORMAT: 'TokenFormat',
  ABLY_AUTH_TTL: 'Ttl',
  ABLY_AUTH_RATE_LIMIT: 'RateLimit',
  ABLY_AUTH_STORE: 'StoreAddress',
  ABLY_AUTH_LOG: 'Log',
  ABLY_AUTH_METRICS: 'Metrics',
  ABLY_AUTH_SERVER_TIMING: 'ServerTiming',
  ABLY_ENDPOINT: 'AblyEndpoint',
  ABLY_PORT: 'AblyPort',
  ABLY_TLS: 'AblyTls',
};

/** The same, and by reference only. */
const SECRETS = {
  ABLY_AUTH_SESSION_SECRET: 'SessionSecret',
  ABLY_AUTH_EMBEDDED_SECRET: 'EmbeddedSecret',
  ABLY_AUTH_OPERATOR_SECRET: 'OperatorSecret',
};

/** What is built around it: `--param="store=true"`, or `params` in serverless.yml. First letters are small there. */
const FROM_PARAMETERS = [
  'ApiKeySecretKmsKeyArn',
  'Runtime',
  'LogRetentionDays',
  'ThrottleRate',
  'ThrottleBurst',
  'ReservedConcurrency',
  'Tracing',
  'Store',
  'AlarmTopicArn',
  'DomainName',
  'CertificateArn',
  'JwtIssuer',
  'JwtAudience',
];

const NUMBERS = ['LogRetentionDays', 'ThrottleRate', 'ThrottleBurst'];

/** One without the other would leave the whole thing out, and say nothing. */
const PAIRS = [
  ['DomainName', 'CertificateArn'],
  ['JwtIssuer', 'JwtAudience'],
];

/** The whole ARN, six random characters included: the role may then read this secret and no other. */
const SECRET_ARN = /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/;

/** CloudFormation puts the value in when it deploys, so that neither the template nor this machine holds it. */
const REFERENCE = /^\{\{resolve:((?:secretsmanager|ssm):[^{}]+)\}\}$/;

const EXAMPLE_ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:ably/api-key-AbCdEf';

module.exports = async (tool) => {
  const { resolveVariable } = tool;
  const problems = [
    ...problemsOfKey(process.env.ABLY_API_KEY_SECRET_ID),
    ...(await misspelt(tool, [...FROM_PARAMETERS.map(nameInFile), 'revoke'])),
  ];
  for (const variable of Object.keys(SECRETS)) {
    const secret = process.env[variable];
    if (!secret || REFERENCE.test(secret)) continue;
    const example = variable.replace('ABLY_AUTH_', 'ably/').replace('_', '-').toLowerCase();
    problems.push(
      `${variable} is a plain value, which would be stored in the template. Keep it in Secrets Manager and set it to a reference: {{resolve:secretsmanager:${example}}}.`,
    );
  }
  if (process.env.ABLY_AUTH_STORE?.includes('@')) {
    problems.push(
      'ABLY_AUTH_STORE holds a password, which would be stored in the template. Keep the address in Secrets Manager and set it to a reference: {{resolve:secretsmanager:ably/store}}.',
    );
  }
  const parameters = {};
  for (const [variable, name] of Object.entries(FROM_ENVIRONMENT)) {
    if (process.env[variable]) parameters[name] = { Default: process.env[variable] };
  }
  for (const [variable, name] of Object.entries(SECRETS)) {
    const reference = REFERENCE.exec(process.env[variable] ?? '')?.[1];
    if (reference) parameters[name] = { Default: reference };
  }
  for (const name of FROM_PARAMETERS) {
    const value = await resolveVariable(`param:${nameInFile(name)}, ''`);
    if (value !== '') parameters[name] = { Default: NUMBERS.includes(name) ? Number(value) : String(value) };
    // It would be null in the template.
    if (Number.isNaN(parameters[name]?.Default)) problems.push(`The parameter ${nameInFile(name)} is not a number.`);
  }
  for (const [one, other] of PAIRS.flatMap((pair) => [pair, [pair[1], pair[0]]])) {
    if (parameters[one] && !parameters[other]) {
      problems.push(`The parameter ${nameInFile(one)} needs ${nameInFile(other)} as well.`);
    }
  }
  if (!['true', 'false'].includes(String(await resolveVariable("self:custom.revoke, 'false'")))) {
    problems.push('The parameter revoke is true or false.');
  }
  if (problems.length > 0) throw withoutStack(problems.join(' '));
  const set = [...Object.keys(FROM_ENVIRONMENT), ...Object.keys(SECRETS)].filter((name) => process.env[name]);
  return {
    resources: { Parameters: parameters },
    environment: Object.fromEntries(set.map((name) => [name, process.env[name]])),
  };
};

/** All of them: `Name` is serverless.yml's own, and a session secret has a way of its own. */
module.exports.NAMES = ['Name', ...Object.values(SECRETS), ...Object.values(FROM_ENVIRONMENT), ...FROM_PARAMETERS];

/** Of a whole ARN of a secret; `undefined` of anything else. */
module.exports.regionOfSecret = regionOfSecret;

function problemsOfKey(secretArn) {
  if (!secretArn) {
    return [
      `Set ABLY_API_KEY_SECRET_ID to the ARN of the AWS Secrets Manager secret that holds your Ably API key, such as ${EXAMPLE_ARN}.`,
    ];
  }
  if (regionOfSecret(secretArn)) return [];
  return [
    `ABLY_API_KEY_SECRET_ID is not the whole ARN of a secret. The function may read exactly one, so set it to the ARN as "aws secretsmanager describe-secret" prints it, such as ${EXAMPLE_ARN}.`,
  ];
}

function regionOfSecret(secretArn) {
  return SECRET_ARN.exec(secretArn ?? '')?.[1];
}

function nameInFile(name) {
  return `${name[0].toLowerCase()}${name.slice(1)}`;
}

/** The tools print the stack where there is one, and the sentence would drown in it. */
function withoutStack(sentence) {
  const error = new Error(sentence);
  error.stack = sentence;
  return error;
}
