/**
 * The CORS rules of a config, or what is wrong with them (S13). How they are applied is decided in cors.ts.
 */
import type { ConfigProblem } from '../config-problem.ts';
import type { CorsRules } from './cors.ts';
import { isOrigin } from './origin.ts';

export interface CorsWishes {
  readonly allowedOrigins: readonly string[];
  /** Where they were written, for messages. */
  readonly setting: string;
  readonly mode: 'function' | 'platform';
  readonly allowedHeaders: readonly string[];
  /** Names of the sources that browsers authenticate by themselves. */
  readonly ambientSources: readonly string[];
}

export function resolveCors(wishes: CorsWishes, problems: ConfigProblem[]): CorsRules {
  const { setting, mode, ambientSources } = wishes;
  const origins = listOfText(wishes.allowedOrigins, setting, problems);
  const allowedHeaders = listOfText(wishes.allowedHeaders, 'allowedHeaders', problems);
  const anyOrigin = origins.includes('*');
  if (anyOrigin && ambientSources.length > 0) {
    const problem = `"*" stands beside a source that browsers authenticate by themselves (${ambientSources.join(', ')})`;
    problems.push({ setting, problem, fix: 'List the exact origins' });
  }
  // By its place in the list: what was set by mistake may be an address with a password in it (S10).
  for (const [index, origin] of origins.entries()) {
    if (origin === '*' || isOrigin(origin)) continue;
    const fix = 'Write scheme, host and port as a browser sends them, without a path: https://app.example';
    problems.push({ setting, problem: `number ${index + 1} of the list is not an origin`, fix });
  }
  for (const [index, name] of allowedHeaders.entries()) {
    if (/^[a-z0-9-]+$/i.test(name)) continue;
    problems.push({
      setting: 'allowedHeaders',
      problem: `number ${index + 1} of the list is no header name`,
      fix: 'Remove it',
    });
  }
  return {
    mode,
    allowedOrigins: new Set(origins.filter((origin) => origin !== '*')),
    anyOrigin,
    allowedHeaders,
  };
}

function listOfText(list: unknown, setting: string, problems: ConfigProblem[]): readonly string[] {
  if (Array.isArray(list) && list.every((item) => typeof item === 'string')) return list;
  problems.push({
    setting,
    problem: 'it is not a list of texts',
    fix: 'Write a list, even of one: ["https://app.example"]',
  });
  return [];
}
