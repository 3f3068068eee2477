import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { chooseKeySource } from '../../adapters/key-sources/choose-key-source.ts';
import shipped from '../../auth.config.ts';
import { type AuthDefinition, type AuthEvent, anonymous, configureEndpoint } from '../../index.ts';
import { authRequest, sessionCookie, testEndpoint } from '../core/auth-request.ts';
import { expectRefusal, type RULES } from './support.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const modulesUnder = (folder: string): readonly string[] =>
  readdirSync(`${ROOT}${folder}`, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`);

/** Starts when it is run, and is imported by nothing: the server of the container. */
const PROGRAM = 'adapters/node/entry.ts';
const OURS = ['index.ts', 'auth.config.ts', ...modulesUnder('core'), ...modulesUnder('adapters')].filter(
  (name) => name !== PROGRAM,
);

/** Runs Node with no environment at all. That it ends by itself is part of it: no timer, socket or watcher is left. */
async function runWithoutEnvironment(...args: readonly string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', ...args], {
    cwd: ROOT,
    env: {},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let complaint = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  return { code, output, complaint };
}

/** Module to what it threw while it was imported, and what was logged by those that log. */
async function importEach(modules: readonly string[]) {
  const script = `
    const failures = {};
    for (const name of ${JSON.stringify(modules)}) {
      try { await import(new URL(name, ${JSON.stringify(`file://${ROOT}`)})); } catch (error) { failures[name] = String(error); }
    }
    console.log(JSON.stringify(failures));
  `;
  const { code, output, complaint } = await runWithoutEnvironment('--input-type=module', '--eval', script);
  expect(complaint).toBe('');
  expect(code).toBe(0);
  const lines = output.trimEnd().split('\n');
  const failures = JSON.parse(lines.pop() ?? '') as Record<string, string>;
  return { failures, logged: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('S11 no secret is needed to import', () => {
  it('a module that insists on its secret while it is loaded takes every test and build with it', async () => {
    const naive = 'test/safety/naive/secret-at-import.ts';
    expect((await importEach([naive])).failures).toEqual({ [naive]: 'Error: ABLY_API_KEY is required' });
  });

  it('ours are imported, every one, with no environment at all; the deployed ones say once each what is missing', async () => {
    expect(OURS.length).toBeGreaterThan(60);
    const { failures, logged } = await importEach(OURS);
    expect(failures).toEqual({});
    const entries = OURS.filter((name) => /\/(revoke-)?entry\.ts$/.test(name));
    expect(logged.map(({ kind }) => kind)).toEqual(entries.map(() => 'misconfigured'));
    for (const line of logged) expect(JSON.stringify(line)).toContain('ABLY_API_KEY');
  });

  it('the server of the container says what is missing, without a stack, and ends with 1', async () => {
    const { code, output, complaint } = await runWithoutEnvironment(PROGRAM);
    expect(code).toBe(1);
    expect(output).toBe('');
    expect(complaint).toMatch(/^Not started:\n- ABLY_API_KEY: [^\n]+\n$/);
  });
});

const configured = (definition: unknown, env: Readonly<Record<string, string>> = {}) => {
  const events: AuthEvent[] = [];
  const endpoint = configureEndpoint({
    definition: definition as AuthDefinition,
    env,
    keySource: chooseKeySource(env),
    onEvent: (event) => events.push(event),
  });
  return { ...endpoint, events };
};

describe('S11 what is misconfigured', () => {
  it('as shipped and with no environment: starts, says once what is missing, and answers 503', async () => {
    const endpoint = configured(shipped);
    expect(endpoint.problems.map(({ setting }) => setting)).toEqual(['ABLY_API_KEY']);
    for (const request of [authRequest(), authRequest({ method: 'POST' })]) {
      expectRefusal(await endpoint.handle(request), 503, 50000);
    }
    expect((await endpoint.handle(authRequest({ method: 'OPTIONS' }))).status).toBe(204);
    expect(endpoint.events[0]).toEqual({ kind: 'misconfigured', problems: endpoint.problems });
    expect(endpoint.events.slice(1).map(({ kind }) => kind)).toEqual(['refused', 'refused', 'preflight']);
  });

  it('reports every problem at once', () => {
    const env = {
      ABLY_API_KEY: 'not-a-key',
      ABLY_AUTH_SESSION_SECRET: 'short',
      ABLY_AUTH_TTL: '5',
      ABLY_AUTH_TOKEN_FORMAT: 'jwe',
      ABLY_AUTH_CORS: 'no',
      ABLY_AUTH_ALLOWED_ORIGINS: 'app.example,https://app.example/',
    };
    const settings = configured(shipped, env).problems.map(({ setting }) => setting);
    expect(new Set(settings)).toEqual(new Set(Object.keys(env)));
    expect(settings).toHaveLength(7);
  });

  const WRONG: Readonly<Record<string, unknown>> = {
    'nothing is exported': undefined,
    'the config itself is exported': { sources: [], rules: [] },
    'it throws': { build: () => JSON.parse('{') },
    'it returns nothing': { build: () => undefined },
    'it returns a promise': { build: async () => ({ sources: [], rules: [] }) },
    'there are no rules': { build: () => ({ sources: [anonymous()] }) },
    'its lists are empty': { build: () => ({ sources: [], rules: [] }) },
  };
  for (const [what, definition] of Object.entries(WRONG)) {
    it(`does not throw where ${what}`, async () => {
      const endpoint = configured(definition, { ABLY_API_KEY: 'a.b:c' });
      expect(endpoint.problems.length).toBeGreaterThan(0);
      expectRefusal(await endpoint.handle(authRequest()), 503, 50000);
    });
  }

  // What bundles a config looks at no type, so that it can be wrong in its types as well.
  const rule = { name: 'members', grant: { room: ['publish'] } };
  const WRONG_TYPES: Readonly<Record<string, object>> = {
    'a rule is null': { rules: [null] },
    'a rule grants nothing at all': { rules: [{ name: 'members' }] },
    'a clientId is a number': { rules: [{ ...rule, clientId: 7 }] },
    'a ttl is a number': { rules: [{ ...rule, ttl: 900 }] },
    'a source is undefined': { sources: [undefined, anonymous()], rules: [rule] },
    'a source is no source': { sources: [{}], rules: [rule] },
    'the origins are one string': { rules: [rule], allowedOrigins: 'https://app.example' },
  };
  const problemsWith = (config: object) => {
    const build = () => ({ sources: [anonymous()], ...config });
    return configured({ build }, { ABLY_API_KEY: 'a.b:c' }).problems;
  };
  it.each(Object.entries(WRONG_TYPES))('does not throw where %s', (_, config) => {
    expect(problemsWith(config).length).toBeGreaterThan(0);
  });

  // `{ role: env.ADMIN_ROLE }` while that is not set: a claim that is missing would be equal to it.
  it.each([
    [null],
    [undefined],
    [{ oneOf: 'admin' }],
    [{ oneOf: null }],
    [{ oneOf: [undefined] }],
    [{ oneof: ['admin'] }],
  ])('a claim test of %o is a config error, and covers nobody', async (test) => {
    const rules = [{ ...rule, when: { claims: { role: test } } }] as unknown as typeof RULES;
    const endpoint = testEndpoint({ rules });
    expect(endpoint.problems.length).toBeGreaterThan(0);
    expectRefusal(await endpoint.handle(authRequest({ cookies: [sessionCookie()] })), 503, 50000);
  });

  it.each([
    { wehn: { claims: { role: 'admin' } } },
    { when: { claim: { role: 'admin' } } },
    { clientID: '{nick}' },
    { wildcardClientID: true },
  ])('a misspelt name is a config error, or the rule would cover everybody: %j', (misspelt) => {
    expect(testEndpoint({ rules: [{ ...rule, ...misspelt }] as unknown as typeof RULES }).problems).toHaveLength(1);
  });
});
