/**
 * Rules written as JSON: the same objects that `auth.config.ts` holds, for functions that nobody can edit.
 *
 * Decides the form of the text around the rules; the shape of a rule is decided in check-rule.ts, whether the rules make
 * sense in compile-policy.ts. No value is repeated beyond a short, escaped excerpt.
 */
import type { ConfigProblem } from '../config-problem.ts';
import { checkRule } from './check-rule.ts';
import { compileExtras } from './compile-extras.ts';
import { compilePolicy } from './compile-policy.ts';
import { parsePolicyText } from './json-text.ts';
import type { Rule } from './rule.ts';
import { createShapeCheck } from './shape-check.ts';

/**
 * @param setting what the problems call the text as a whole; those inside it are called by their path, `rules[2].ttl`
 * @param prefix stands before each such path
 * @returns `undefined` beside new problems
 */
export function readJsonPolicy(
  text: string,
  setting: string,
  problems: ConfigProblem[],
  prefix = '',
): readonly Rule[] | undefined {
  const problemsBefore = problems.length;
  const parsed = parsePolicyText(text, setting, problems);
  if (!parsed) return undefined;
  const { value } = parsed;
  const check = createShapeCheck(problems);
  if (Array.isArray(value)) {
    check.report(setting, 'it is a list', 'Write {"rules": [...]} around it');
    return undefined;
  }
  if (!check.object(value, setting, ['rules'], ['$schema'], prefix)) return undefined;
  if ('$schema' in value) check.text(value.$schema, `${prefix}$schema`);
  const rulesSetting = `${prefix}rules`;
  if (!check.list(value.rules, rulesSetting) || value.rules.length === 0) return undefined;

  const fits = value.rules.map((rule, index) =>
    check.adding(() => {
      const fit = checkRule(rule, `${rulesSetting}[${index}]`, check, 'json');
      if (fit.has('jwt')) compileExtras((rule as Rule).jwt ?? {}, `${rulesSetting}[${index}].jwt`, problems);
    }),
  );
  if (problems.length === problemsBefore) return value.rules as readonly Rule[];
  // The others are looked at all the same, each in its own place, so that everything is mended in one go.
  const others = value.rules.map((rule, index) => (fits[index] ? (rule as Rule) : standIn(index)));
  compilePolicy(others, problems, { setting: rulesSetting, form: 'json' });
  return undefined;
}

function standIn(index: number): Rule {
  return { name: `\u0000${index}`, grant: {} };
}
