#!/usr/bin/env node
/**
 * Sets one environment variable of the site on Netlify, its value from a prompt that shows nothing, or from a pipe. Secrets
 * become secret variables, which nobody can read again, and are set for every context but local development.
 *
 *   node set-environment.mjs ABLY_API_KEY                      asks for it
 *   node set-environment.mjs ABLY_AUTH_SESSION_SECRET --random  makes one of 32 random bytes
 *   pass show ably/key | node set-environment.mjs ABLY_API_KEY production
 *
 * Contexts: all three (default), or production, deploy-preview, branch-deploy. `--functions-only` narrows the scope, which
 * needs a paid plan. Log in (`npx netlify login`) and link the folder (`npx netlify link`) first; the variable takes
 * effect with the next deployment.
 *
 * Netlify's command takes the value as an argument, where everybody on the machine could read it in the list of processes.
 * So it runs inside this process, which has no such argument.
 */
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';

const CONTEXTS = ['production', 'deploy-preview', 'branch-deploy'];
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
const isNarrow = args.includes('--functions-only');
const [name = '', ...named] = args.filter((each) => each !== '--random' && each !== '--functions-only');
if (!/^[A-Z][A-Z0-9_]*$/.test(name) || named.some((each) => !CONTEXTS.includes(each))) {
  stop(
    `Write: node set-environment.mjs NAME [${CONTEXTS.join('] [')}] [--random] [--functions-only]. The value is asked for.`,
  );
}
const program = findProgram();
const value = isRandom ? randomBytes(32).toString('base64url') : await readValue();
checkValue();
const contexts = named.length > 0 ? named : CONTEXTS;
const secrecy = SECRETS.includes(name) ? ['--secret'] : [];
const scope = isNarrow ? ['--scope', 'functions'] : [];
// In place, because the program may hold on to the list.
process.argv.splice(
  1,
  Infinity,
  program,
  'env:set',
  name,
  value,
  ...secrecy,
  '--context',
  ...contexts,
  ...scope,
  '--force',
);
await import(pathToFileURL(program).href);

/** The program of the package `netlify-cli`, installed in this folder or above. */
function findProgram() {
  try {
    const manifest = createRequire(join(process.cwd(), 'package.json')).resolve('netlify-cli/package.json');
    return join(dirname(manifest), 'bin/run.js');
  } catch {
    return stop('Netlify\'s command is not installed here: run "npm install --save-dev netlify-cli" first.');
  }
}

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
