/**
 * What `doctor` is to look at, read from its arguments. A credential is only ever named, and its value comes from the
 * environment or from standard input: arguments are seen by every process of a machine, and kept by shells.
 */
import { randomBytes } from 'node:crypto';
import type { NameValue } from '../core/http.ts';
import type { Environment } from '../core/settings.ts';
import { isOrigin } from '../core/wire/origin.ts';
import { CannotRun, type Terminal } from './command.ts';
import { isLoopback } from './doctor/loopback.ts';
import type { Target } from './doctor/visit.ts';

/** How long ably-js and ably-cocoa wait for an endpoint: `realtimeRequestTimeout`. */
const CLIENT_PATIENCE_MS = 10_000;
/** Longer, so that it is seen by how much an answer is late. */
const DEFAULT_TIMEOUT_SECONDS = 15;
const MAX_TIMEOUT_SECONDS = 120;

export interface DoctorValues {
  readonly 'bearer-env'?: string | undefined;
  readonly 'bearer-stdin'?: boolean | undefined;
  readonly 'header-env'?: readonly string[] | undefined;
  readonly origin?: string | undefined;
  readonly 'foreign-origin'?: string | undefined;
  readonly 'client-id'?: string | undefined;
  readonly anonymous?: 'allowed' | 'refused' | undefined;
  readonly 'operator-env'?: string | undefined;
  readonly timeout?: string | undefined;
}

/** @throws CannotRun */
export async function readTarget(
  text: string | undefined,
  values: DoctorValues,
  env: Environment,
  terminal: Terminal,
): Promise<Target> {
  const url = readUrl(text);
  const credential = await readCredential(values, env, terminal);
  const operator = values['operator-env'];
  const operatorSecret = operator === undefined ? undefined : variable('--operator-env', operator, env);
  if ((credential.length > 0 || operatorSecret) && url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new CannotRun('A credential is not sent over plain HTTP to another machine.');
  }
  return {
    url,
    credential,
    anonymous: values.anonymous,
    origin: readOrigin('--origin', values.origin),
    // RFC 2606: no page is there.
    foreignOrigin: readOrigin('--foreign-origin', values['foreign-origin']) ?? 'https://stranger.invalid',
    operatorSecret,
    foreignClientId: values['client-id'] ?? `doctor-${randomBytes(6).toString('hex')}`,
    timeoutMs: readTimeoutMs(values.timeout),
    clientPatienceMs: CLIENT_PATIENCE_MS,
  };
}

function readUrl(text: string | undefined): URL {
  if (text === undefined)
    throw new CannotRun('It needs the address of the endpoint, https://app.example/api/ably-auth.');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new CannotRun('The address is no URL of http or https.');
  if (url.username || url.password)
    throw new CannotRun('No credential may be in the address: see --bearer-env and --header-env.');
  url.hash = '';
  return url;
}

async function readCredential(
  values: DoctorValues,
  env: Environment,
  terminal: Terminal,
): Promise<readonly NameValue[]> {
  const { 'bearer-env': name, 'bearer-stdin': isPiped, 'header-env': headers = [] } = values;
  if (name !== undefined && isPiped)
    throw new CannotRun('--bearer-env and --bearer-stdin are two ways to give one value.');
  const lines: NameValue[] = [];
  const bearer = isPiped ? (await terminal.readInput()).trim() : name && variable('--bearer-env', name, env);
  if (isPiped && !bearer) throw new CannotRun('--bearer-stdin: nothing came.');
  if (bearer) lines.push(['Authorization', `Bearer ${bearer.replace(/^Bearer\s+/i, '')}`]);
  for (const text of headers) {
    const [header = '', variableName = ''] = text.split('=', 2);
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(header) || variableName === '')
      throw new CannotRun('--header-env takes HEADER=NAME.');
    lines.push([header, variable('--header-env', variableName, env)]);
  }
  if (lines.some(([, value]) => /[^\t\x20-\x7e\x80-\xff]/.test(value)))
    throw new CannotRun('A credential cannot be a header: it holds a line break or the like.');
  return lines;
}

/** Its name is not repeated: whoever mistook the option wrote the value itself. */
function variable(option: string, name: string, env: Environment): string {
  const value = env[name]?.trim();
  if (!value) throw new CannotRun(`${option}: there is no variable of that name, or it is empty.`);
  return value;
}

function readOrigin(option: string, text: string | undefined): string | undefined {
  if (text !== undefined && !isOrigin(text))
    throw new CannotRun(`${option} is scheme and host, https://app.example, and nothing behind.`);
  return text;
}

function readTimeoutMs(text: string | undefined): number {
  const seconds = text === undefined ? DEFAULT_TIMEOUT_SECONDS : Number(text);
  if (!(seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS))
    throw new CannotRun(`--timeout is a number of seconds, ${MAX_TIMEOUT_SECONDS} at most.`);
  return seconds * 1000;
}
