/** `inspect`: what a credential is, whether Ably and the SDKs would take it, and what it allows. Sends nothing to anybody. */
import { resolve } from 'node:path';
import { CannotRun, defineCommand, type ExitCode, type Terminal } from './command.ts';
import { inspectCredential } from './inspect/inspect-credential.ts';
import { describeInspection, isRefused } from './inspect/inspection.ts';
import { readEnvironment } from './read-environment.ts';
import { readText, systemRefusal } from './system-error.ts';

export const inspect = defineCommand({
  about:
    'Decodes a TokenRequest, an Ably JWT, a JWT with a credential in it, TokenDetails or a token, and checks all that can be checked without Ably: its signature when the key is in the environment, every field and limit, its times, and what it allows.',
  operands: [{ name: 'FILE', about: 'what holds it; - or nothing: standard input' }],
  options: {
    env: { value: 'FILE', about: 'settings with ABLY_API_KEY (and ABLY_API_KEY_PREVIOUS, ABLY_AUTH_EMBEDDED_SECRET)' },
    at: { value: 'TIME', about: 'as if it were then, 2026-01-31T12:00:00Z: for a credential from a log' },
    json: { about: '{kind, signature, keyName, clientId, issuedAt, expiresAt, ttlMs, capability, findings, inner}' },
  },
  more: [
    'A credential on the command line stays in the shell’s history, so it is read from a file or from standard input. Shows no token, no MAC and no secret.',
    'Exit code: 0; 1 when Ably or an SDK would refuse it; 2 when it is none.',
  ].join('\n'),
  async run({ values, operands }, terminal): Promise<ExitCode> {
    const env = await readEnvironment(values.env, terminal);
    const nowMs = values.at === undefined ? Date.now() : Date.parse(values.at);
    if (Number.isNaN(nowMs)) throw new CannotRun('--at is a time such as 2026-01-31T12:00:00Z.');
    const inspection = inspectCredential(await readCredential(operands[0], terminal), { env, nowMs });
    if (values.json) terminal.print(JSON.stringify(inspection, undefined, 2));
    else terminal.print(describeInspection(inspection, nowMs, terminal).join('\n'));
    return isRefused(inspection) ? 1 : 0;
  },
});

async function readCredential(
  file: string | undefined,
  { folder, readInput, note, isInteractive }: Terminal,
): Promise<string> {
  if (file === undefined || file === '-') {
    if (isInteractive) note('Paste it, then press Ctrl+D on a line of its own.');
    return readInput();
  }
  try {
    return await readText(resolve(folder, file));
  } catch (error) {
    const refusal = systemRefusal(error);
    if (refusal === undefined) throw error;
    // Whoever gave the credential itself has shown it to the shell, and is told without it being repeated.
    const hint = 'A credential is given on standard input, not as an argument';
    throw new CannotRun(`The file cannot be read: ${refusal}. ${hint}.`);
  }
}
