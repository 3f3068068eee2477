/**
 * What `osls` refuses in a fresh copy of the project, each with what to do and before anything is packed; and what looks
 * alike and is none of our business: settings of one's own, a stack that is looked at or removed.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { createScratch } from '../support/scratch.ts';
import { packaging } from './packaging.ts';
import { copyProject, SECRET_ARN } from './project-copy.ts';

const REFERENCE = '{{resolve:secretsmanager:ably/outer}}';

const scratch = createScratch('osls-refusals');
const { project, output, pack, run, deployed } = packaging(scratch.path);

beforeAll(() => copyProject(project));
afterAll(() => scratch.remove());

describe('osls refuses', () => {
  it('stops without the secret, and says what to set', async () => {
    const { code, output: said } = await pack({});
    expect(code).toBe(1);
    expect(said).toContain(
      `Set ABLY_API_KEY_SECRET_ID to the ARN of the AWS Secrets Manager secret that holds your Ably API key, such as ${SECRET_ARN}.`,
    );
    expect(existsSync(output)).toBe(false);
  });

  it.each([
    ['the name of a secret', { ABLY_API_KEY_SECRET_ID: 'ably/api-key' }, 'is not the whole ARN of a secret'],
    [
      'a session secret in plain text',
      { ABLY_API_KEY_SECRET_ID: SECRET_ARN, ABLY_AUTH_SESSION_SECRET: 'hunter2'.repeat(8) },
      'ABLY_AUTH_SESSION_SECRET is a plain value, which would be stored in the template.',
    ],
    [
      'a JWT authorizer for any audience',
      { ABLY_API_KEY_SECRET_ID: SECRET_ARN },
      'The parameter jwtIssuer needs jwtAudience as well.',
      ['--param', 'jwtIssuer=https://hunter2.example/'],
    ],
    [
      'an audience that no authorizer would look at',
      { ABLY_API_KEY_SECRET_ID: SECRET_ARN },
      'The parameter jwtAudience needs jwtIssuer as well.',
      ['--param=jwtAudience=hunter2'],
    ],
    [
      'a rate that is no number',
      { ABLY_API_KEY_SECRET_ID: SECRET_ARN },
      'The parameter throttleRate is not a number.',
      ['--param=throttleRate=hunter2'],
    ],
    [
      'a parameter of ours with a wrong letter',
      { ABLY_API_KEY_SECRET_ID: SECRET_ARN },
      'There is no parameter throttelRate. Did you mean throttleRate?',
      ['--param=throttelRate=50'],
    ],
    [
      'a revoke that is neither on nor off',
      { ABLY_API_KEY_SECRET_ID: SECRET_ARN },
      'The parameter revoke is true or false.',
      ['--param=revoke=hunter2'],
    ],
    [
      'a secret of another region',
      { ABLY_API_KEY_SECRET_ID: SECRET_ARN },
      'is a secret of us-east-1, and this would be deployed to eu-central-1',
      ['--region', 'eu-central-1'],
    ],
    [
      'a format whose secret is nowhere',
      { ABLY_API_KEY_SECRET_ID: SECRET_ARN, ABLY_AUTH_TOKEN_FORMAT: 'embedded-jwt' },
      'ABLY_AUTH_EMBEDDED_SECRET: it is not set',
    ],
    [
      'a ttl that is none',
      { ABLY_API_KEY_SECRET_ID: SECRET_ARN, ABLY_AUTH_TTL: 'hunter2' },
      'ABLY_AUTH_TTL: it is not a duration',
    ],
  ])('stops for %s, and says what to do', async (_, settings, sentence, args: readonly string[] = []) => {
    const { code, output: said } = await pack(settings, ...args);
    expect(code).toBe(1);
    expect(said).toContain(sentence);
    expect(said).not.toContain('hunter2');
    expect(existsSync(join(output, 'ably-auth.zip'))).toBe(false);
  });

  it('stops for a config with a problem', async () => {
    const file = join(project, 'auth.config.ts');
    const shipped = readFileSync(file, 'utf8');
    writeFileSync(file, shipped.replace(/broad\((\[[^\]]*\]), '[^']*'\)/, '$1'));
    const { code, output: said } = await pack({ ABLY_API_KEY_SECRET_ID: SECRET_ARN });
    writeFileSync(file, shipped);
    expect(code).toBe(1);
    expect(said).toContain('this grant is broad');
    expect(said).toContain('nothing was deployed');
  });

  it('shows no stack of ours where it shows the configuration', async () => {
    const { code, output: said } = await run({ ABLY_API_KEY_SECRET_ID: SECRET_ARN }, 'print', '--param=revoke=TRUE');
    expect(code).toBe(1);
    expect(said).toContain('The parameter revoke is true or false.');
    expect(said).not.toContain('    at ');
  });
});

describe('osls leaves alone', () => {
  it.each(['info', 'remove'])('%s looks for a stack in another region than the secret’s', async (command) => {
    const port = await freePort();
    const account = {
      ABLY_API_KEY_SECRET_ID: SECRET_ARN,
      AWS_ACCESS_KEY_ID: 'nobody',
      AWS_SECRET_ACCESS_KEY: 'nothing',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    };
    const { output: said } = await run(account, command, '--region', 'eu-central-1');
    expect(said).toContain('ECONNREFUSED');
    expect(said).not.toContain('ABLY_API_KEY_SECRET_ID');
  });

  it.each([
    ['of the environment, by reference', { ABLY_AUTH_EMBEDDED_SECRET: REFERENCE }, ''],
    ['of the config’s own', { MY_OUTER_SECRET: REFERENCE }, 'embeddedJwt: { secret: env.MY_OUTER_SECRET },'],
    ['unasked, where the config has another format', {}, "tokenFormat: 'jwt',"],
  ])('packs a format with an outer secret, %s', async (_, secret: Readonly<Record<string, string>>, added) => {
    const file = join(project, 'auth.config.ts');
    const shipped = readFileSync(file, 'utf8');
    writeFileSync(file, shipped.replace('(env) => ({', `(env) => ({ ${added}`));
    const settings = { ABLY_API_KEY_SECRET_ID: SECRET_ARN, ABLY_AUTH_TOKEN_FORMAT: 'embedded-jwt', ...secret };
    const { code, output: said } = await pack(settings);
    writeFileSync(file, shipped);
    expect(said).not.toContain('nothing was deployed');
    expect(code).toBe(0);
  });

  it('takes a parameter of one’s own, whichever file asks for it', async () => {
    const shipped = readFileSync(join(project, 'serverless.yml'), 'utf8');
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: it is the tool that puts the values in.
    writeFileSync(join(project, 'tenant.yml'), "TENANT: ${param:tenant, 'nobody'}\n");
    const changed = shipped.replace('role: AuthRole\n', 'role: AuthRole\n      environment: ${file(tenant.yml)}\n');
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above
    writeFileSync(join(project, 'other.yml'), `${changed}params:\n  prod:\n    unread: x\n`);
    const given = ['--config', 'other.yml', '--param=tenant=acme'];
    const { code, output: said } = await pack({ ABLY_API_KEY_SECRET_ID: SECRET_ARN }, ...given);
    expect(said).not.toContain('There is no parameter');
    expect(code).toBe(0);
    expect(deployed().resources.AuthLambdaFunction?.Properties).toMatchObject({
      Environment: { Variables: { TENANT: 'acme' } },
    });
  });
});
