/** The shell scripts of docs/devices.md, as they stand there: the endpoint, the local Ably service, and curl. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import * as Ably from 'ably';
import { afterEach, expect, it } from 'vitest';
import { type AuthConfig, custom } from '../../index.ts';
import { STAGE_KEY, type Stage, startStage } from '../stage.ts';

const run = promisify(execFile);
const PAGE = readFileSync(new URL('../../docs/devices.md', import.meta.url), 'utf8');
const MARK = '<!-- run by test/docs/devices.test.ts -->\n```sh\n';
const [forJwt, forTokenRequest, ...others] = PAGE.split(MARK)
  .slice(1)
  .map((rest) => rest.slice(0, rest.indexOf('```')));

const started: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.close();
});

const DEVICES = custom({
  name: 'devices',
  from: 'authorization',
  identify: ({ credential }) => (credential === 'fake-device-token' ? { subject: '7' } : 'rejected'),
});

async function stage(format: 'jwt' | 'token-request'): Promise<Stage> {
  const rules: AuthConfig['rules'] = [
    { name: 'devices', grant: { 'device:{sub}:telemetry': ['publish'] }, format, ttl: '1h' },
  ];
  const made = await startStage({ config: { sources: [DEVICES], rules } });
  started.push(made);
  return made;
}

function shell(script: string, on: Stage, deviceToken: string): Promise<unknown> {
  const env = { AUTH_URL: on.authUrl, ABLY_URL: on.service.url, DEVICE: '7', DEVICE_TOKEN: deviceToken };
  return run('bash', ['-euo', 'pipefail', '-c', script], { env: { PATH: process.env.PATH, ...env } });
}

const SCRIPTS = [
  ['jwt', forJwt ?? ''],
  ['token-request', forTokenRequest ?? ''],
] as const;

it('there are two of them', () => {
  expect([forJwt, forTokenRequest].every(Boolean)).toBe(true);
  expect(others).toEqual([]);
});

it.each(SCRIPTS)('publishes with a %s', async (format, script) => {
  const on = await stage(format);
  await shell(script, on, 'fake-device-token');
  const reader = new Ably.Rest({ ...on.clientOptions(), key: `${STAGE_KEY.name}:${STAGE_KEY.secret}` });
  const { items } = await reader.channels.get('device:7:telemetry').history();
  expect(items.map(({ name, data, clientId }) => ({ name, data, clientId }))).toEqual([
    { name: 'temperature', data: '21.5', clientId: '7' },
  ]);
});

it('gets a JWT of about 300 characters for two channels', async () => {
  const rules: AuthConfig['rules'] = [
    {
      name: 'devices',
      grant: { 'device:{sub}:telemetry': ['publish'], 'device:{sub}:commands': ['subscribe'] },
      format: 'jwt',
    },
  ];
  const on = await startStage({ config: { sources: [DEVICES], rules } });
  started.push(on);
  const answer = await fetch(on.authUrl, { headers: { authorization: 'Bearer fake-device-token' } });
  expect(Math.round((await answer.text()).length / 100)).toBe(3);
});

it.each(SCRIPTS)('ends with an error for a device that is not known, with a %s', async (format, script) => {
  await expect(shell(script, await stage(format), 'another')).rejects.toMatchObject({ code: 22 });
});
