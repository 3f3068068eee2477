/**
 * The scripts that set variables on Vercel and Netlify, with programs in the place of the platforms' own that write down
 * how they were called: the value arrives, and is in no list of processes.
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './templates.ts';

const KEY = 'appid.keyid:not-a-real-secret';

const KEPT_SECRET = [
  ['ABLY_API_KEY', KEY],
  ['ABLY_API_KEY_PREVIOUS', KEY],
  ['ABLY_AUTH_SESSION_SECRET', 'not-a-real-secret'.repeat(3)],
  ['ABLY_AUTH_EMBEDDED_SECRET', 'not-a-real-secret'.repeat(3)],
  ['ABLY_AUTH_OPERATOR_SECRET', 'not-a-real-secret'.repeat(3)],
  ['ABLY_AUTH_STORE', 'rediss://:not-a-real-secret@cache.example:6379'],
] as const;

interface Called {
  readonly argv: readonly string[];
  readonly input: string;
  readonly seenByOthers: string;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ably-auth-environment-'));
  const record = `import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
const argumentsOf = (pid) => existsSync('/proc/self/cmdline')
  ? readFileSync('/proc/' + pid + '/cmdline', 'utf8')
  : execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
const seenByOthers = argumentsOf(process.pid) + argumentsOf(process.ppid);
const input = process.argv[2] === 'env:set' ? '' : readFileSync(0, 'utf8');
writeFileSync(${JSON.stringify(join(folder, 'called.json'))}, JSON.stringify({ argv: process.argv.slice(2), input, seenByOthers }));
`;
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'record.mjs'), record);
  writeFileSync(join(folder, 'bin/npx'), `#!/bin/sh\nexec node ${join(folder, 'record.mjs')} "$@"\n`, { mode: 0o755 });
  mkdirSync(join(folder, 'node_modules/netlify-cli/bin'), { recursive: true });
  writeFileSync(join(folder, 'node_modules/netlify-cli/package.json'), '{ "name": "netlify-cli", "type": "module" }');
  writeFileSync(join(folder, 'node_modules/netlify-cli/bin/run.js'), record);
  writeFileSync(join(folder, 'package.json'), '{}');
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(platform: string, args: readonly string[], input: string): SpawnSyncReturns<string> {
  rmSync(join(folder, 'called.json'), { force: true });
  return spawnSync(process.execPath, [join(ROOT, 'infra', platform, 'set-environment.mjs'), ...args], {
    cwd: folder,
    env: { PATH: [join(folder, 'bin'), process.env.PATH ?? ''].join(delimiter) },
    input,
    encoding: 'utf8',
  });
}

const called = (): Called => JSON.parse(readFileSync(join(folder, 'called.json'), 'utf8')) as Called;

describe('infra/vercel/set-environment.mjs', () => {
  it('pipes the value to `vercel env add`, without its line break', () => {
    expect(run('vercel', ['ABLY_API_KEY'], `${KEY}\n`).status).toBe(0);
    expect(called()).toMatchObject({
      argv: ['vercel', 'env', 'add', 'ABLY_API_KEY', 'production', '--sensitive', '--force'],
      input: KEY,
    });
    expect(called().seenByOthers).not.toContain('not-a-real-secret');
  });

  it('makes a session secret', () => {
    run('vercel', ['ABLY_AUTH_SESSION_SECRET', 'preview', '--random'], '');
    expect(called().input).toMatch(/^[\w-]{43}$/);
  });

  it('does not ask for what Vercel cannot do: a sensitive variable of the target development', () => {
    run('vercel', ['ABLY_AUTH_TTL', 'development'], '15m');
    expect(called().argv).toEqual(['vercel', 'env', 'add', 'ABLY_AUTH_TTL', 'development', '--force']);
  });

  it.each(KEPT_SECRET)('keeps %s from a target that shows it', (name, value) => {
    const { status, stderr } = run('vercel', [name, 'development'], value);
    expect([status, stderr]).toEqual([1, expect.stringContaining('.env on your machine')]);
  });
});

describe('infra/netlify/set-environment.mjs', () => {
  it('has the command run inside itself, so that the value is no argument that others see', () => {
    expect(run('netlify', ['ABLY_API_KEY'], `${KEY}\n`)).toMatchObject({ status: 0, stderr: '' });
    const contexts = ['--context', 'production', 'deploy-preview', 'branch-deploy'];
    expect(called().argv).toEqual(['env:set', 'ABLY_API_KEY', KEY, '--secret', ...contexts, '--force']);
    expect(called().seenByOthers).toContain('set-environment.mjs');
    expect(called().seenByOthers).not.toContain('not-a-real-secret');
  });

  it.each(KEPT_SECRET)('makes a secret of %s', (name, value) => {
    run('netlify', [name, 'production'], value);
    expect(called().argv).toEqual(['env:set', name, value, '--secret', '--context', 'production', '--force']);
  });

  it('makes no secret of what is none, and narrows the scope when asked', () => {
    run('netlify', ['ABLY_AUTH_ALLOWED_ORIGINS', 'production', '--functions-only'], 'https://app.example');
    expect(called().argv.slice(3)).toEqual(['--context', 'production', '--scope', 'functions', '--force']);
  });
});

describe.each(['vercel', 'netlify'])('infra/%s/set-environment.mjs', (platform) => {
  it.each([
    ['ABLY_API_KEY_SECRET_ID', 'arn:aws:secretsmanager:us-east-1:123456789012:secret:ably/api-key-AbCdEf'],
    ['ABLY_API_KEY_SECRET_FIELD', 'apiKey'],
    ['ABLY_API_KEY_PARAMETER', '/ably/api-key'],
  ])('takes where the key is kept, which is no key: %s', (name, value) => {
    expect(run(platform, [name], value)).toMatchObject({ status: 0, stderr: '' });
  });

  it.each([
    ['what is no API key', ['ABLY_API_KEY'], 'hunter2', 'is not an API key'],
    ['what is no former API key', ['ABLY_API_KEY_PREVIOUS'], 'hunter2', 'is not an API key'],
    ['a short session secret', ['ABLY_AUTH_SESSION_SECRET'], 'hunter2', 'is too short'],
    ['a short embedded secret', ['ABLY_AUTH_EMBEDDED_SECRET'], 'hunter2', 'is too short'],
    ['nothing', ['ABLY_AUTH_TTL'], '', 'There is no value.'],
    ['a value among the arguments', ['ABLY_API_KEY', 'hunter2'], '', 'The value is asked for.'],
  ])('refuses %s, and does not repeat it', (_, args, input, sentence) => {
    const { status, stdout, stderr } = run(platform, args, input);
    expect(status).toBe(1);
    expect(stderr).toContain(sentence);
    expect(stdout + stderr).not.toContain('hunter2');
  });
});
