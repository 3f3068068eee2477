/** The rotation function as it is built, in a process of its own, called as its three callers call it; nothing leaks. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Bundle, bundle } from '../../dev/build/bundle.ts';
import { staticGraph } from '../../dev/build/static-graph.ts';
import { type BuiltFunction, ROTATION, TARGETS } from '../../dev/build/targets.ts';
import { ROOT, sharedArtefacts } from '../build/built.ts';
import { CREDENTIALS, REGION } from '../key-sources/local-aws.ts';
import { ACCESS_TOKEN, FIRST, type RotationStage, SECRET_ID, startRotationStage } from './stage.ts';

const CONTROL_SECRET = 'ably/control';

let dir: string;
let built: Bundle<BuiltFunction>;
let entryFile: string;
let stage: RotationStage;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rotation-'));
  built = await bundle(ROTATION, ROOT, dir);
  ({ entryFile } = built);
});
afterAll(() => rm(dir, { recursive: true, force: true }));
beforeEach(async () => {
  stage = await startRotationStage();
  stage.aws.putSecret(CONTROL_SECRET, ACCESS_TOKEN);
});
afterEach(() => stage.close());

interface Invoked {
  /** What the function returned, or the message of what it threw. */
  readonly answer: string;
  readonly log: string;
}

async function invoke(event: unknown, more: Readonly<Record<string, string>> = {}): Promise<Invoked> {
  const { service, control, aws } = stage;
  const env = {
    ABLY_API_KEY_SECRET_ID: SECRET_ID,
    ABLY_CONTROL_TOKEN_SECRET_ID: CONTROL_SECRET,
    ABLY_CONTROL_URL: control.url,
    ...{ ABLY_ENDPOINT: service.host, ABLY_PORT: String(service.port), ABLY_TLS: 'false' },
    ...{ AWS_ENDPOINT_URL: aws.url, AWS_REGION: REGION, AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId },
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    ...more,
  };
  const code = `
    const { handler } = await import(${JSON.stringify(entryFile)});
    const answer = await handler(JSON.parse(process.argv[1])).then(JSON.stringify, (error) => String(error) + error.stack);
    process.stderr.write('ANSWER' + answer);
  `;
  const args = ['--no-warnings', '--input-type=module', '-e', code, JSON.stringify(event)];
  const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, args, { env }, (_error, stdout, stderr) => resolve({ stdout, stderr }));
  });
  const secrets = [ACCESS_TOKEN, FIRST.secret, ...stage.control.keys().map(({ key }) => key.split(':')[1] ?? '')];
  for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
  return { answer: stderr.slice(stderr.lastIndexOf('ANSWER') + 6), log: stdout };
}

const step = (Step: string, ClientRequestToken: string, SecretId = stage.aws.arnOf(SECRET_ID)): Promise<Invoked> =>
  invoke({ Step, SecretId, ClientRequestToken, RotationToken: 'obviously-fake' });

describe('the built rotation function', () => {
  it('is one of its own, of which no endpoint holds anything', async () => {
    // Of which a byte ended up in some file; what was only looked at is no part of it.
    const inputs = ({ metafile }: Pick<Bundle, 'metafile'>): readonly string[] =>
      Object.values(metafile.outputs).flatMap((output) =>
        Object.keys(output.inputs).filter((path) => (output.inputs[path]?.bytesInOutput ?? 0) > 0),
      );
    expect(staticGraph(built.metafile, ROTATION.entry).inputs).toContain('core/rotation/rotate-secret.ts');
    expect(inputs(built)).not.toContain('core/auth-endpoint.ts');
    const artefacts = await sharedArtefacts();
    for (const { name } of TARGETS) {
      const others = inputs(artefacts.of(name));
      expect(others.length, name).toBeGreaterThan(20);
      expect(others.filter((path) => /rotation|control-api|probe-key/.test(path))).toEqual([]);
    }
  });

  it('does the four steps that Secrets Manager asks for, and retires on schedule', async () => {
    const version = stage.announce();
    for (const name of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) {
      expect((await step(name, version)).answer).toBe(`{"done":["${name} is done."]}`);
    }
    expect(await stage.current()).not.toBe(FIRST.name);
    const { answer, log } = await invoke({ source: 'aws.events', 'detail-type': 'Scheduled Event' });
    expect(answer).toMatch(/rotapp\.first: waiting, to be retired after \d{4}-/);
    expect(JSON.parse(log)).toMatchObject({ level: 'info', kind: 'notice' });
  });

  it('replaces a key that leaked, and says who is disconnected', async () => {
    const { answer } = await invoke({ leaked: FIRST.name });
    expect(answer).toMatch(/rotapp\.first is revoked, for good\./);
    expect(stage.key(FIRST.name)).toBeUndefined();
  });

  it.each([
    [
      'another secret',
      () => step('createSecret', stage.announce(), 'arn:aws:secretsmanager:a:1:secret:b-AbCdEf'),
      /another secret/,
    ],
    ['an unknown step', () => step('toString', stage.announce()), /no such step/],
    ['anything else', () => invoke({ hello: 1 }), /neither a rotation step/],
    ['nothing', () => invoke(null), /neither a rotation step/],
    [
      'a function without its settings',
      () => invoke({ retire: true }, { ABLY_CONTROL_TOKEN_SECRET_ID: '' }),
      /ABLY_CONTROL_TOKEN_SECRET_ID is not set/,
    ],
    [
      'an access token that is none',
      () => invoke({ retire: true }, { ABLY_CONTROL_TOKEN_SECRET_ID: SECRET_ID }),
      /answered 401|not one token/,
    ],
    [
      'a secret that is not there',
      () => invoke({ retire: true }, { ABLY_API_KEY_SECRET_ID: 'none' }),
      /no secret of the name/,
    ],
    [
      'a Control API that is not there',
      () => invoke({ retire: true }, { ABLY_CONTROL_URL: 'http://127.0.0.1:1' }),
      /could not be reached/,
    ],
  ] as const)('refuses %s, and says why without a secret', async (_, attempt, reason) => {
    const { answer, log } = await attempt();
    expect(answer).toMatch(/^RotationError: /);
    expect(answer).toMatch(reason);
    expect(JSON.parse(log)).toMatchObject({ level: 'warn', message: expect.stringMatching(reason) });
    expect(stage.control.keys()).toHaveLength(2);
  });
});
