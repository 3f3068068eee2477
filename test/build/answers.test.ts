/** The built artefacts in child processes with an empty environment: what they answer, and what they say meanwhile. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSessionCookies } from '../../index.ts';
import { emfProblems } from '../telemetry/emf-schema.ts';
import { BUILDING_TAKES_AT_MOST_MS, type Built, type RunningArtefact, runArtefact, sharedArtefacts } from './built.ts';

const KEY = 'builtapp.builtkey:obviously-a-fake-secret';
const POLICY = JSON.stringify({
  rules: [{ name: 'visitors', when: { kind: 'anonymous' }, grant: { notifications: ['subscribe'] } }],
});

const ARTEFACTS = ['aws-lambda', 'vercel', 'netlify'] as const;
type Artefact = (typeof ARTEFACTS)[number] | 'aws-lambda-revoke';

let built: Built;
const running: RunningArtefact[] = [];

beforeAll(async () => {
  built = await sharedArtefacts();
}, BUILDING_TAKES_AT_MOST_MS);
afterEach(async () => {
  for (const artefact of running.splice(0)) await artefact.stop();
});
afterAll(() => built.remove());

/** @param entryFile Default: where it was built. */
async function run(
  name: Artefact,
  env: Readonly<Record<string, string>>,
  { entryFile }: { readonly entryFile: string } = built.of(name),
): Promise<RunningArtefact> {
  const artefact = await runArtefact({ ...built.of(name), entryFile }, env);
  running.push(artefact);
  return artefact;
}

/** The problems that the artefact logged, and that it did so in one line. */
function loggedProblems(artefact: RunningArtefact): readonly { readonly setting: string; readonly problem: string }[] {
  const lines = artefact.log().filter((line) => line.includes('"misconfigured"') && line.includes('"problems"'));
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '').problems;
}

const settingsOf = (artefact: RunningArtefact): readonly string[] =>
  loggedProblems(artefact).map(({ setting }) => setting);

describe.each(ARTEFACTS)('the built function for %s', (name) => {
  it('answers a valid TokenRequest, by GET and by POST', async () => {
    const artefact = await run(name, { ABLY_API_KEY: KEY, ABLY_AUTH_POLICY: POLICY });
    const form = new URLSearchParams({ rnd: '1', capability: '{"notifications":["*"]}' });
    for (const init of [{}, { method: 'POST', body: form }]) {
      const response = await fetch(artefact.url, init);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(await response.json()).toEqual({
        keyName: 'builtapp.builtkey',
        ttl: 3_600_000,
        capability: '{"notifications":["subscribe"]}',
        timestamp: expect.any(Number),
        nonce: expect.stringMatching(/^[\x21-\x7e]{16,}$/),
        mac: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
      });
    }
    expect((await fetch(artefact.url, { method: 'OPTIONS' })).status).toBe(204);
    expect(artefact.log().join('\n')).not.toContain('obviously-a-fake-secret');
  });

  it('tells an operator which build it is, and refuses who asks too often, each loaded by the first who needs it', async () => {
    const [operator, secret] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')];
    const artefact = await run(name, {
      ABLY_API_KEY: KEY,
      ABLY_AUTH_POLICY: JSON.stringify({ rules: [{ name: 'members', grant: { lobby: ['subscribe'] } }] }),
      ABLY_AUTH_SESSION_SECRET: secret,
      ABLY_AUTH_OPERATOR_SECRET: operator,
      ABLY_AUTH_RATE_LIMIT: '2/1h',
    });
    expect(await (await fetch(`${artefact.url}?health`)).json()).toEqual({ status: 'ok' });
    const health = await fetch(`${artefact.url}?health`, { headers: { authorization: `Bearer ${operator}` } });
    expect(await health.json()).toMatchObject({
      key: { state: 'loaded', current: { name: 'builtapp.builtkey' } },
      build: { version: expect.any(String), id: built.of(name).id },
      rateLimit: { requests: 2, perSeconds: 3_600 },
    });
    const [cookie = ''] = createSessionCookies({ secrets: [secret] })
      .write({ subject: 'ada', lifetimeSeconds: 7_200 }, Date.now())
      .split(';');
    const asked = [];
    for (let time = 0; time < 3; time += 1) asked.push(await fetch(artefact.url, { headers: { cookie } }));
    expect(asked.map(({ status }) => status)).toEqual([200, 200, 401]);
    expect(Number(asked[2]?.headers.get('retry-after'))).toBeGreaterThan(3_000);
  });

  it('S11: with nothing set starts all the same, says the whole list once, and answers 503', async () => {
    const artefact = await run(name, {});
    for (let request = 0; request < 2; request += 1) {
      const response = await fetch(artefact.url);
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('30');
      expect(await response.json()).toMatchObject({ error: { code: 50000, statusCode: 503 } });
    }
    expect(settingsOf(artefact)).toEqual(
      name === 'aws-lambda' ? ['ABLY_API_KEY'] : ['ABLY_AUTH_POLICY', 'ABLY_AUTH_SESSION_SECRET', 'ABLY_API_KEY'],
    );
  });

  it('S11: says everything that is wrong in one list, without the values', async () => {
    const artefact = await run(name, {
      ABLY_API_KEY: 'hunter2',
      ABLY_AUTH_TTL: '1 fortnight',
      ABLY_AUTH_SESSION_SECRET: 'hunter2',
      ABLY_AUTH_LOG: 'hunter2',
      ABLY_AUTH_POLICY: 'hunter2',
    });
    expect((await fetch(artefact.url)).status).toBe(503);
    expect([...settingsOf(artefact)].sort()).toEqual(
      [
        'ABLY_API_KEY',
        'ABLY_AUTH_LOG',
        ...(name === 'aws-lambda' ? [] : ['ABLY_AUTH_POLICY']),
        'ABLY_AUTH_SESSION_SECRET',
        'ABLY_AUTH_TTL',
      ].sort(),
    );
    expect(artefact.log().join('\n')).not.toContain('hunter2');
  });

  it('S11: says in the same list what is wrong with where Ably is and with a format', async () => {
    const artefact = await run(name, {
      ...{ ABLY_API_KEY: KEY, ABLY_AUTH_POLICY: POLICY, ABLY_AUTH_TOKEN_FORMAT: 'embedded-jwt', ABLY_AUTH_CORS: 'x' },
      ...{ ABLY_ENDPOINT: 'https://x.y', ABLY_PORT: '99999', ABLY_TLS: 'no' },
    });
    const health = await fetch(`${artefact.url}?health`);
    expect([health.status, await health.json()]).toEqual([503, { status: 'misconfigured' }]);
    expect(settingsOf(artefact)).toEqual([
      ...['ABLY_ENDPOINT', 'ABLY_PORT', 'ABLY_TLS', 'ABLY_AUTH_CORS', 'ABLY_AUTH_EMBEDDED_SECRET'],
    ]);
  });

  it('S11: is misconfigured where only Ably cannot be called', async () => {
    const artefact = await run(name, { ABLY_API_KEY: KEY, ABLY_AUTH_POLICY: POLICY, ABLY_TLS: 'no' });
    expect((await fetch(artefact.url)).status).toBe(503);
    expect(settingsOf(artefact)).toEqual(['ABLY_TLS']);
  });
});

describe('the built Lambda function', () => {
  it('declares exactly two parameters, as Node.js 24 on Lambda demands, and exports nothing else', async () => {
    const artefact = await run('aws-lambda', {});
    expect(artefact.parameters).toBe(2);
    expect(artefact.exports).toEqual(['handler']);
  });

  it('warns once about a key in the environment, and works', async () => {
    const artefact = await run('aws-lambda', { ABLY_API_KEY: KEY, AWS_LAMBDA_FUNCTION_NAME: 'ably-auth' });
    for (let request = 0; request < 3; request += 1) expect((await fetch(artefact.url)).status).toBe(200);
    const warnings = artefact.log().filter((line) => line.includes('"warn"'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('ABLY_API_KEY_SECRET_ID');
  });

  it.each(['aws-lambda', 'aws-lambda-revoke'] as const)(
    'warns once about rules that do not count, from %s, and works',
    async (name) => {
      const artefact = await run(name, { ABLY_API_KEY: KEY, ABLY_AUTH_POLICY: '{"rules":[]}' });
      expect(await (await fetch(`${artefact.url}?health`)).json()).toEqual({ status: 'ok' });
      await fetch(artefact.url);
      const warnings = artefact.log().filter((line) => line.includes('"warn"') && line.includes('notice'));
      expect(warnings).toEqual([
        expect.stringContaining('ABLY_AUTH_POLICY: not used: the rules are in auth.config.ts'),
      ]);
    },
  );

  it.each(['aws-lambda', 'aws-lambda-revoke'] as const)(
    'has said what is wrong when its import ends, from %s: it may be frozen then',
    (name) => {
      const program = 'await import(process.argv[1]); process.exit()';
      const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program, built.of(name).entryFile], {
        env: { ABLY_API_KEY: KEY, ABLY_AUTH_TOKEN_FORMAT: 'embedded-jwt' },
        encoding: 'utf8',
      });
      expect(stdout).toContain('ABLY_AUTH_EMBEDDED_SECRET');
    },
  );

  it('writes one line a request, with metrics in it where they are asked for, and of the trace that X-Ray has', async () => {
    const artefact = await run('aws-lambda', {
      ...{ ABLY_API_KEY: KEY, ABLY_AUTH_METRICS: 'emf', ABLY_AUTH_SERVER_TIMING: 'true' },
      AWS_LAMBDA_FUNCTION_NAME: 'auth-of-acme',
      _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
    });
    const { headers } = await fetch(artefact.url);
    expect(headers.get('server-timing')).toMatch(/^keys;dur=\d+\.\d, .*total;dur=\d+\.\d$/);
    await fetch(artefact.url, { method: 'DELETE' });
    const lines = artefact.log().filter((line) => line.includes('"requestId"'));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { kind: 'issued', Issued: 1, FunctionName: 'auth-of-acme', traceId: '5759e988bd862e3fe1be46a994272793' },
      { kind: 'refused', Refused: 1, requestId: headers.get('x-request-id') },
    ]);
    for (const line of lines) expect(emfProblems(line)).toEqual([]);
  });

  it('says what is wrong with the setting of its metrics', async () => {
    const artefact = await run('aws-lambda', { ABLY_API_KEY: KEY, ABLY_AUTH_METRICS: 'prometheus' });
    expect((await fetch(artefact.url)).status).toBe(503);
    expect(settingsOf(artefact)).toEqual(['ABLY_AUTH_METRICS']);
  });

  it('finds the AWS client in its chunks, and says what it could not reach', async () => {
    const artefact = await run('aws-lambda', {
      ABLY_API_KEY_SECRET_ID: 'ably/api-key',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'obviously-a-fake-secret',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    });
    expect((await fetch(artefact.url)).status).toBe(503);
    expect(artefact.log().join('\n')).toMatch(/ABLY_API_KEY_SECRET_ID: unreachable/);
  });
});

describe('the prebuilt drop-ins', () => {
  it.each(['vercel', 'netlify'] as const)('%s: read their rules from a file beside them', async (name) => {
    const { entryFile: dropIn } = built.of(name);
    const folder = await mkdtemp(join(tmpdir(), 'drop-in-'));
    try {
      const entryFile = join(folder, basename(dropIn));
      await cp(dropIn, entryFile);
      // As Windows' editors save it.
      await writeFile(join(folder, 'ably-auth.policy.json'), `\ufeff${POLICY}`);
      const env = { ABLY_API_KEY: KEY, ABLY_AUTH_POLICY: 'ably-auth.policy.json' };
      expect((await fetch((await run(name, env, { entryFile })).url)).status).toBe(200);

      const without = await run(name, { ...env, ABLY_AUTH_POLICY: 'nothing-here.json' }, { entryFile });
      expect((await fetch(without.url)).status).toBe(503);
      const [problem] = loggedProblems(without);
      expect(problem?.problem).toBe('there is no readable file nothing-here.json beside the function');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each(['vercel', 'netlify'] as const)(
    '%s: say where their rules are wrong, and nothing that is not so',
    async (name) => {
      const problemsOf = async (policy: string) => {
        const artefact = await run(name, { ABLY_API_KEY: KEY, ABLY_AUTH_POLICY: policy });
        expect((await fetch(artefact.url)).status).toBe(503);
        return loggedProblems(artefact);
      };
      expect(await problemsOf(POLICY.replace(/}$/, ',}'))).toEqual([
        {
          setting: 'ABLY_AUTH_POLICY',
          problem: `it is not JSON at line 1, column ${POLICY.length + 1}`,
          fix: 'Remove the comma before it',
        },
      ]);
      expect(await problemsOf(POLICY.replace('"notifications"', '"*"'))).toMatchObject([
        { setting: 'ABLY_AUTH_POLICY.rules[0].grant["*"]', fix: expect.stringContaining('"broad": "the reason"') },
      ]);
      expect(await problemsOf('{"rules":[]}')).toMatchObject([{ setting: 'ABLY_AUTH_POLICY.rules' }]);
      const forGuests = POLICY.replace('"anonymous"', '["guest"]');
      expect(await problemsOf(forGuests)).toMatchObject([
        { setting: 'ABLY_AUTH_POLICY.rules[0].when.kind' },
        { setting: 'ABLY_AUTH_SESSION_SECRET' },
      ]);
    },
  );

  it.each(['vercel', 'netlify'] as const)('S1: %s gives a visitor nothing where no rule names one', async (name) => {
    const members = JSON.stringify({ rules: [{ name: 'members', grant: { 'room:*': ['subscribe'] } }] });
    const secret = randomBytes(32).toString('base64url');
    const env = { ABLY_API_KEY: KEY, ABLY_AUTH_POLICY: members };
    const artefact = await run(name, { ...env, ABLY_AUTH_SESSION_SECRET: secret });
    expect((await fetch(artefact.url)).status).toBe(401);

    const nobody = await run(name, env);
    expect((await fetch(nobody.url)).status).toBe(503);
    expect(settingsOf(nobody)).toEqual(['ABLY_AUTH_SESSION_SECRET']);
  });

  it.each(['vercel', 'netlify'] as const)('%s refuse to promise metrics that nobody would read', async (name) => {
    const artefact = await run(name, { ABLY_API_KEY: KEY, ABLY_AUTH_POLICY: POLICY, ABLY_AUTH_METRICS: 'emf' });
    expect((await fetch(artefact.url)).status).toBe(503);
    expect(settingsOf(artefact)).toEqual(['ABLY_AUTH_METRICS']);
  });

  it.each(['vercel', 'netlify'] as const)('%s refuse the settings of a store they cannot read', async (name) => {
    const artefact = await run(name, { ABLY_API_KEY_SECRET_ID: 'ably/api-key', ABLY_AUTH_POLICY: POLICY });
    expect((await fetch(artefact.url)).status).toBe(503);
    expect(settingsOf(artefact)).toEqual(['ABLY_API_KEY_SECRET_ID', 'ABLY_API_KEY']);
  });
});
