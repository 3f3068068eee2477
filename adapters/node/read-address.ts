/**
 * Where the container listens: `HOST` and `PORT`, or what AWS's Lambda Web Functions say. Opens nothing.
 */
import type { ConfigProblem } from '../../core/config-problem.ts';
import { isPort } from '../../core/port.ts';
import type { Environment } from '../../core/settings.ts';

export interface Address {
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
}

/** Lambda gives the address itself, as `host:port`, and sets no `PORT`. */
export const LAMBDA_ENDPOINT = 'AWS_LAMBDA_HTTP_ENDPOINT';

/** @returns `undefined` beside a new problem */
export function readAddress(env: Environment, problems: ConfigProblem[]): Address | undefined {
  const endpoint = env[LAMBDA_ENDPOINT];
  if (endpoint) {
    const [, host, port] = /^(?:http:\/\/)?\[?([\w.:-]+?)\]?:(\d{1,5})\/?$/.exec(endpoint) ?? [];
    if (host !== undefined && port !== undefined && isPort(port)) return { host, port: Number(port) };
    problems.push({ setting: LAMBDA_ENDPOINT, problem: 'it is not host:port', fix: 'Leave it as Lambda sets it' });
    return undefined;
  }
  const port = env.PORT || '3000';
  if (isPort(port)) return { host: env.HOST || '0.0.0.0', port: Number(port) };
  problems.push({
    setting: 'PORT',
    problem: 'it is not a port',
    fix: 'Write a number up to 65535; 0 for any free one',
  });
  return undefined;
}
