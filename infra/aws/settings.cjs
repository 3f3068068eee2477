'use strict';
/**
 * What `serverless deploy` takes from the environment of whoever deploys, for serverless.yml. Stops with a sentence when
 * a setting is missing or would put a secret into the template: secrets go by reference only.
 *
 * CommonJS and nothing but Node's own, because Serverless Framework 3 and 4 and osls load it themselves.
 */

/** Passed on to the function when they are set. Settings of your own go into serverless.yml, `functions.auth`. */
const PASSED_ON = [
  'ABLY_API_KEY_SECRET_FIELD',
  'ABLY_AUTH_ISSUER',
  'ABLY_AUTH_AUDIENCE',
  'ABLY_AUTH_JWKS_URL',
  'ABLY_AUTH_ALLOWED_ORIGINS',
  'ABLY_AUTH_CORS',
  'ABLY_AUTH_TOKEN_FORMAT',
  'ABLY_AUTH_TTL',
  'ABLY_AUTH_SESSION_SECRET',
  'ABLY_AUTH_STORE',
  'ABLY_AUTH_LOG',
  'ABLY_ENDPOINT',
  'ABLY_PORT',
  'ABLY_TLS',
];

/** The whole ARN, six random characters included: the role may then read this secret and no other. */
const SECRET_ARN = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/;

/** CloudFormation puts the value in when it deploys, so that neither the template nor this machine holds it. */
const REFERENCE = /^\{\{resolve:(secretsmanager|ssm-secure|ssm):[^{}]+\}\}$/;

const EXAMPLE_ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:ably/api-key-AbCdEf';

module.exports = () => {
  const { ABLY_API_KEY_SECRET_ID: secretArn, ABLY_AUTH_SESSION_SECRET: sessionSecret } = process.env;
  const problems = [];
  if (!secretArn) {
    problems.push(
      `Set ABLY_API_KEY_SECRET_ID to the ARN of the AWS Secrets Manager secret that holds your Ably API key, such as ${EXAMPLE_ARN}.`,
    );
  } else if (!SECRET_ARN.test(secretArn)) {
    problems.push(
      `ABLY_API_KEY_SECRET_ID is not the whole ARN of a secret. The function may read exactly one, so set it to the ARN as "aws secretsmanager describe-secret" prints it, such as ${EXAMPLE_ARN}.`,
    );
  }
  if (sessionSecret && !REFERENCE.test(sessionSecret)) {
    problems.push(
      'ABLY_AUTH_SESSION_SECRET is a plain value, which would be stored in the template. Keep it in Secrets Manager and set it to a reference: {{resolve:secretsmanager:ably/session-secret}}.',
    );
  }
  if (problems.length > 0) throw withoutStack(problems.join(' '));
  const passedOn = PASSED_ON.filter((name) => process.env[name]).map((name) => [name, process.env[name]]);
  return { secretArn, environment: { ABLY_API_KEY_SECRET_ID: secretArn, ...Object.fromEntries(passedOn) } };
};

/** The tools print the stack where there is one, and the sentence would drown in it. */
function withoutStack(sentence) {
  const error = new Error(sentence);
  error.stack = sentence;
  return error;
}
