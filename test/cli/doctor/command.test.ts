/** `doctor` as somebody has it who installed the package: what it takes, says, and ends with. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EVERY_CHECK } from '../../../cli/doctor/every-check.ts';
import { type InstalledProject, installProject } from '../installed.ts';
import { answering, withHeader } from './broken.ts';
import { bearerOf, goodEndpoint, membersOnly, ORIGIN, type Served, serve, serveEndpoint } from './endpoints.ts';

let project: InstalledProject;
beforeAll(async () => {
  project = await installProject();
});
afterAll(() => project.remove());

let served: Served | undefined;
afterEach(() => {
  served?.close();
  served = undefined;
});

async function serveGood(): Promise<string> {
  served = await serveEndpoint(goodEndpoint(membersOnly));
  return served.url;
}

describe('doctor', () => {
  it('has nothing to complain about in ours, and says how often it asked', async () => {
    const env = { TOKEN: bearerOf('bob') };
    const args = ['doctor', await serveGood(), '--bearer-env', 'TOKEN', '--anonymous', 'refused', '--origin', ORIGIN];
    const { code, stdout, stderr } = await project.run(args, { env });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/ably-auth\n\nok {5}reachable /);
    expect(stdout).toMatch(/\n32 checks: 32 pass; (4\d|50) requests\.\n$/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
  });

  it('reads the token from standard input, or another header from a file of settings', async () => {
    const url = await serveGood();
    const piped = await project.run(['doctor', url, '--bearer-stdin', '--only', 'credential'], {
      input: `${bearerOf('bob')}\n`,
    });
    expect([piped.code, piped.stdout]).toEqual([0, expect.stringContaining('ok     credential')]);
    await project.write({ 'doctor.env': `HEADER=Bearer ${bearerOf('bob')}` });
    const args = ['doctor', url, '--env', 'doctor.env', '--header-env', 'Authorization=HEADER', '--only', 'credential'];
    expect((await project.run(args)).stdout).toContain('ok     credential');
  });

  it('says which checks need what it was not given', async () => {
    const url = await serveGood();
    const { code, stdout, stderr } = await project.run(['doctor', url]);
    expect([code, stderr]).toEqual([2, 'credential was not checked: what clients get is not known. Exit code 2.\n']);
    expect((await project.run(['doctor', url, '--skip', 'credential'])).code).toBe(0);
    expect(stdout).toMatch(
      /- {6}credential {14}not checked: callers without a credential are refused \(401\)\. Give one, with\n? +--bearer-env/,
    );
    expect(stdout).toMatch(/- {6}preflight {15}not checked: no --origin/);
  });

  it('does not end well where nothing could be checked, nor ends with 1 where nothing is wrong', async () => {
    const limit = { 'X-Ably-ErrorCode': '42910' };
    served = await serve((_req, res) => void res.writeHead(401, limit).end());
    const { code, stdout, stderr } = await project.run(['doctor', served.url]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^credential was not checked/)]);
    expect(stdout).toMatch(/ok {5}reachable .*limits how often/);
    expect(stdout).not.toContain('was not reached');
  });

  it('says of what is wrong who breaks and what to do, and ends with 1', async () => {
    const handle = answering((answer) => withHeader(answer, 'WWW-Authenticate', 'Bearer'))(goodEndpoint().handle);
    served = await serveEndpoint({ handle });
    const { code, stdout } = await project.run(['doctor', served.url, '--only', 'www-authenticate', '--skip', 'tls']);
    expect(code).toBe(1);
    expect(stdout).toContain('FAILS  www-authenticate');
    expect(stdout).toMatch(/\n {7}why {4}ably-java parses it/);
    expect(stdout).toMatch(/\n {7}do {5}Leave the header out/);
    expect(stdout).toMatch(/\n1 check: 1 fails; \d requests\.\n$/);
  });

  it('lets warnings pass, unless they count', async () => {
    served = await serveEndpoint({
      handle: answering((answer) => withHeader(answer, 'ETag', '"fake"'))(goodEndpoint().handle),
    });
    const args = ['doctor', served.url, '--only', 'not-cached'];
    expect((await project.run(args)).code).toBe(0);
    expect((await project.run([...args, '--strict'])).code).toBe(1);
  });

  it('tells machines the same', async () => {
    const args = ['doctor', await serveGood(), '--skip', 'credential', '--json'];
    const { code, stdout } = await project.run(args, { env: { FORCE_COLOR: '1' } });
    const told = JSON.parse(stdout);
    expect(code).toBe(0);
    const asked = EVERY_CHECK.map(({ id }) => id).filter((id) => id !== 'credential');
    expect(told.checks.map(({ id }: { id: string }) => id)).toEqual(asked);
    expect(Object.keys(told.checks[0])).toEqual(['id', 'verdict', 'seen', 'should', 'why', 'source', 'fix']);
    expect(told.requests).toBeGreaterThan(20);
  });

  it.each([[], ['--json']])(
    'shows no API key that an endpoint gives away, says which it is, and ends with 1: %j',
    async (...more) => {
      const secret = 'obviously-fake-secret-as-long-as-a-real-one';
      served = await serve((req, res) => {
        const message = `failed with fakeId.fakeId:${secret}`;
        const error = { code: 40101, statusCode: 401, message };
        if (req.method === 'POST') res.writeHead(200, { 'Content-Type': 'text/plain' }).end(`fakeId.fakeId:${secret}`);
        else res.writeHead(401, { 'Content-Type': 'application/json' }).end(JSON.stringify({ error }));
      });
      const { code, stdout, stderr } = await project.run(['doctor', served.url, '--anonymous', 'allowed', ...more]);
      expect([code, stderr]).toEqual([1, '']);
      expect(stdout).toContain('failed with fakeId.fakeId:…');
      expect(stdout).toMatch(/the secret of \\?"fakeId\.fakeId\\?" is in \d+ of \d+ answers/);
      expect(stdout).toContain('Replace the key now');
      expect(stdout).not.toContain(secret);
    },
  );

  it('lets no endpoint write to the terminal', async () => {
    served = await serve((_req, res) => {
      res.writeHead(403, { 'Content-Type': 'application/json', 'X-Ably-ErrorCode': '40300' });
      res.end(JSON.stringify({ error: { code: 40300, statusCode: 403, message: '\u001b]0;pwned\u0007\u202e\r\n' } }));
    });
    const { stdout } = await project.run(['doctor', served.url, '--anonymous', 'allowed']);
    expect(stdout).toContain('\\u001b]0;pwned\\u0007');
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  it.each([
    [[], 'It needs the address of the endpoint'],
    [['hunter2'], 'The address is no URL of http or https.'],
    [['https://user:hunter2@auth.example/'], 'No credential may be in the address'],
    [['https://auth.example/', '--bearer-env', 'hunter2'], '--bearer-env: there is no variable of that name'],
    [['https://auth.example/', '--header-env', 'Cookie=hunter2'], '--header-env: there is no variable of that name'],
    [['https://auth.example/', '--header-env', 'hunter2'], '--header-env takes HEADER=NAME.'],
    [['https://auth.example/', '--origin', 'hunter2'], '--origin is scheme and host'],
    [['https://auth.example/', '--only', 'hunter2'], 'There is no such check.'],
    [['https://auth.example/', '--timeout', 'hunter2'], '--timeout is a number of seconds'],
    [['https://auth.example/', '--bearer-stdin'], '--bearer-stdin: nothing came.'],
    [['http://auth.example/', '--bearer-env', 'TOKEN'], 'A credential is not sent over plain HTTP to another machine.'],
  ])('is not asked like that, and repeats no value: %j', async (args, message) => {
    const { code, stdout, stderr } = await project.run(['doctor', ...args], { env: { TOKEN: 'hunter2' } });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('hunter2');
  });
});
