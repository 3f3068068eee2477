#!/usr/bin/env node
/**
 * Sets one environment variable of the project on Vercel, its value from a prompt that shows nothing, or from a pipe. No
 * value is ever an argument of a program, where everybody on the machine could read it in the list of processes.
 *
 *   node set-environment.mjs ABLY_API_KEY                      asks for it
 *   node set-environment.mjs ABLY_AUTH_SESSION_SECRET --random  makes one of 32 random bytes
 *   pass show ably/key | node set-environment.mjs ABLY_API_KEY preview
 *
 * Targets: production (default), preview, development. Log in (`npx vercel login`) and link the folder
 * (`npx vercel link`) first; the variable takes effect with the next deployment.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

const TARGETS = ['production', 'preview', 'development'];
const KEYS = ['ABLY_API_KEY', 'ABLY_API_KEY_PREVIOUS'];
const SECRETS = [
  ...KEYS,
  'ABLY_AUTH_SESSION_SECRET',
  'ABLY_AUTH_EMBEDDED_SECRET',
  'ABLY_AUTH_OPERATOR_SECRET',
  // The address of a Redis has its password in it.
  'ABLY_AUTH_STORE',
];

const args = process.argv.slice(2);
const isRandom = args.includes('--random');
const [name = '', target = 'production', ...rest] = args.filter((each) => each !== '--random');
if (!/^[A-Z][A-Z0-9_]*$/.test(name) || !TARGETS.includes(target) || rest.length > 0) {
  stop(`Write: node set-environment.mjs NAME [${TARGETS.join('|')}] [--random]. The value is asked for.`);
}
if (SECRETS.includes(name) && target === 'development') {
  stop('Vercel shows variables of the target development to the whole team. Put this one into .env on your machine.');
}

const value = isRandom ? randomBytes(32).toString('base64url') : await readValue();
checkValue();
// Without the line break, which would become part of it. `--force` replaces what is there. Whether a value is sensitive
// without being told depends on the command's version; for development it cannot be.
const sensitivity = target === 'development' ? [] : ['--sensitive'];
const { status } = spawnSync('npx', ['vercel', 'env', 'add', name, target, ...sensitivity, '--force'], {
  input: value,
  stdio: ['pipe', 'inherit', 'inherit'],
  shell: process.platform === 'win32',
});
if (status !== 0) stop(`${name} was not set.`);

async function readValue() {
  if (!process.stdin.isTTY) {
    let text = '';
    for await (const chunk of process.stdin) text += chunk;
    return text.trim();
  }
  process.stderr.write(`${name} (not shown): `);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  const line = await new Promise((resolve) => lines.question('', resolve));
  lines.close();
  process.stderr.write('\n');
  return line.trim();
}

function checkValue() {
  if (value === '') stop('There is no value.');
  if (KEYS.includes(name) && !/^[^.:\s]+\.[^.:\s]+:\S+$/.test(value)) {
    stop(`${name} is not an API key: it looks like appId.keyId:secret.`);
  }
  const signs = ['ABLY_AUTH_SESSION_SECRET', 'ABLY_AUTH_EMBEDDED_SECRET', 'ABLY_AUTH_OPERATOR_SECRET'].includes(name);
  if (signs && value.split(',').some((each) => Buffer.byteLength(each) < 32)) {
    stop(`${name} is too short: 32 bytes or more, or --random.`);
  }
}

function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}
