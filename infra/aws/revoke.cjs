'use strict';
/**
 * The function that revokes, for serverless.yml: there with `--param="revoke=true"`, and otherwise nothing. What it is on AWS
 * beside what the tool makes of these lines is in fragments/revoke.yml; docs/revocation.md says what it is for.
 */
const PATH = '/api/ably-auth-revoke';

const when = (given) => async (tool) => ((await isAsked(tool)) ? given.there : given.otherwise);

module.exports.functions = when({
  there: {
    revoke: {
      handler: 'dist/aws-lambda-revoke/ably-auth-revoke.handler',
      role: 'AuthRole',
      events: [{ httpApi: `ANY ${PATH}` }, { httpApi: `OPTIONS ${PATH}` }],
    },
  },
  otherwise: {},
});

// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the tool that puts the file in.
module.exports.resources = when({ there: '${file(infra/aws/fragments/revoke.yml)}', otherwise: {} });

/** Packed with the other, as long as it is wanted: an earlier build may have left it there. */
module.exports.pattern = when({ there: 'dist/aws-lambda-revoke/**', otherwise: '!dist/aws-lambda-revoke/**' });

/** That it is true or false is for settings.cjs to say, with what else is wrong. */
async function isAsked({ resolveVariable }) {
  return String(await resolveVariable('self:custom.revoke')) === 'true';
}
