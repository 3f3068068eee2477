/**
 * The few questions that the shape of a JSON policy is made of. Each collects a problem with its path and its fix, and
 * goes on, so that the whole list comes out at once.
 */
import type { ConfigProblem } from '../config-problem.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface ShapeCheck {
  report(path: string, problem: string, fix: string): void;
  /** Runs a check; false when it found anything. */
  adding(check: () => void): boolean;
  /** An object with these properties and no others. True when it is an object, whatever else was found. */
  object(
    value: unknown,
    path: string,
    required: readonly string[],
    optional: readonly string[],
    prefix?: string,
  ): value is JsonObject;
  /** The members of an object whose names are free; none when it is no object. */
  entries(value: unknown, path: string): readonly (readonly [string, unknown])[];
  /** A list with something in it. True when it is a list. */
  list(value: unknown, path: string): value is readonly unknown[];
  oneOrMany(value: unknown, path: string, check: (item: unknown, path: string) => void): void;
  oneOf(value: unknown, path: string, allowed: readonly string[]): void;
  /** A string that is not empty. */
  text(value: unknown, path: string, wanted?: string): void;
}

export function createShapeCheck(problems: ConfigProblem[]): ShapeCheck {
  const report: ShapeCheck['report'] = (setting, problem, fix) => void problems.push({ setting, problem, fix });
  const check: ShapeCheck = {
    report,
    adding(run) {
      const before = problems.length;
      run();
      return problems.length === before;
    },
    object(value, path, required, optional, prefix = `${path}.`): value is JsonObject {
      if (!isObject(value)) {
        report(path, `it is ${kindOf(value)}`, 'Write an object, {...}');
        return false;
      }
      const known = [...required, ...optional];
      for (const name of Object.keys(value)) {
        if (!known.includes(name)) {
          report(prefix + plainName(name), 'it is not known here', `Write one of ${known.join(', ')}, or remove it`);
        }
      }
      for (const name of required) {
        if (!Object.hasOwn(value, name)) report(prefix + name, 'it is missing', 'Write it');
      }
      return true;
    },
    entries(value, path) {
      if (isObject(value)) return Object.entries(value);
      report(path, `it is ${kindOf(value)}`, 'Write an object, {...}');
      return [];
    },
    list(value, path): value is readonly unknown[] {
      if (!Array.isArray(value)) {
        // A missing property was reported by `object`.
        if (value !== undefined) report(path, `it is ${kindOf(value)}`, 'Write a list, [...]');
        return false;
      }
      if (value.length === 0) report(path, 'it is empty', 'List at least one');
      return true;
    },
    oneOrMany(value, path, each) {
      if (!Array.isArray(value)) each(value, path);
      else if (check.list(value, path)) for (const [index, item] of value.entries()) each(item, `${path}[${index}]`);
    },
    oneOf(value, path, allowed) {
      if (typeof value === 'string' && allowed.includes(value)) return;
      report(path, unknownOf(value), `Write one of ${allowed.join(', ')}`);
    },
    text(value, path, wanted = 'a text that is not empty') {
      if (typeof value !== 'string' || value === '') report(path, `it is ${kindOf(value)}`, `Write ${wanted}`);
    },
  };
  return check;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a value is, for a message that must not repeat it: it may have come from the environment (S10). */
export function kindOf(value: unknown): string {
  if (value === '') return 'an empty text';
  if (typeof value === 'string') return 'a text';
  if (Array.isArray(value)) return 'a list';
  if (isObject(value)) return 'an object';
  return value === null || value === undefined || typeof value === 'boolean' ? String(value) : `a ${typeof value}`;
}

/** That it is none of the known names: repeated where it can be a misspelt one of them, and is too short for a secret. */
export function unknownOf(name: unknown): string {
  const isPlain = typeof name === 'string' && /^(preset:)?[a-z][a-z_-]{0,23}$/i.test(name);
  return `${isPlain ? `"${name}"` : 'it'} is not known`;
}

/** At most 40 characters of a name, in ASCII and on one line. */
export function excerpt(name: string): string {
  const short = name.length > 40 ? `${name.slice(0, 40)}…` : name;
  return JSON.stringify(short).replace(
    /[^\x20-\x7e…]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function plainName(name: string): string {
  return /^[\w$]{1,40}$/.test(name) ? name : excerpt(name);
}
