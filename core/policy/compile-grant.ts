/**
 * Checks one grant of a rule and prepares it: everything that can be decided without a caller is decided here, once.
 * Whether a broad grant is wise is its author's to say, in `broad(...)`; that it is said is enforced here (S7).
 */
import { type Capability, EMPTY_CAPABILITY } from '../capability/capability.ts';
import type { Operation, OperationSet } from '../capability/operations.ts';
import { isOperation } from '../capability/operations.ts';
import type { ConfigProblem } from '../config-problem.ts';
import type { PolicyForm } from './check-rule.ts';
import { sampleOf, templateResourceProblem, whyBroad } from './grant-shape.ts';
import { presetOperations } from './presets.ts';
import type { BroadGrant, Grant } from './rule.ts';
import { excerpt, unknownOf } from './shape-check.ts';
import { parseTemplate, type Template } from './template.ts';

/** A grant whose channels depend on the caller. */
export interface TemplateGrant {
  readonly template: Template;
  readonly operations: OperationSet;
}

export interface CompiledGrants {
  /** The grants without a placeholder, the same for every caller. */
  readonly fixed: Capability;
  readonly templates: readonly TemplateGrant[];
}

export const NO_GRANTS: CompiledGrants = Object.freeze({ fixed: EMPTY_CAPABILITY, templates: [] });

/** @param form in which a fix is written */
export function compileGrants(
  grant: Grant,
  setting: string,
  problems: ConfigProblem[],
  form: PolicyForm = 'typescript',
): CompiledGrants {
  const fixed = new Map<string, OperationSet>();
  const templates: TemplateGrant[] = [];
  for (const [text, value] of Object.entries(grant)) {
    const at = `${setting}[${excerpt(text)}]`;
    const marked = isMarkedBroad(value);
    const operations = readOperations(marked ? value.operations : value, at, problems);
    const parsed = parseTemplate(text);
    if (!parsed.ok) {
      problems.push({
        setting: at,
        problem: `the resource ${parsed.problem}`,
        fix: 'Write {claim}, {org.id} or {"quoted name"}',
      });
      continue;
    }
    const { template } = parsed;
    const sample = sampleOf(template);
    const wrong = templateResourceProblem(template, sample);
    if (wrong) {
      problems.push({ setting: at, problem: `the resource ${wrong}`, fix: 'Write it as Ably does: [qualifier]a:b:*' });
      continue;
    }
    checkBreadth(whyBroad(sample, operations), marked ? value.broad : undefined, at, form, problems);
    if (template.placeholders.length > 0) templates.push({ template, operations });
    else fixed.set(text, operations);
  }
  return { fixed, templates };
}

function isMarkedBroad(value: Grant[string]): value is BroadGrant {
  return typeof value === 'object' && value !== null && 'broad' in value;
}

function readOperations(list: unknown, setting: string, problems: ConfigProblem[]): OperationSet {
  const names: readonly unknown[] = Array.isArray(list) ? list : [];
  const operations = new Set<Operation>();
  for (const name of names) {
    if (isOperation(name)) operations.add(name);
    else if (presetOperations(name)) for (const operation of presetOperations(name) ?? []) operations.add(operation);
    else
      problems.push({
        setting,
        problem: unknownOf(name),
        fix: 'See Ably’s list of capability operations, or write a preset such as preset:chat-room',
      });
  }
  if (names.length === 0) {
    problems.push({ setting, problem: 'it lists no operation', fix: 'List at least one, or remove the grant' });
  }
  if (operations.has('*') && operations.size > 1) {
    problems.push({
      setting,
      problem: '"*" stands beside other operations',
      fix: 'Ably refuses that; write one or the other',
    });
  }
  return operations;
}

const MEANT: Readonly<Record<PolicyForm, string>> = {
  typescript: "broad([...], 'the reason')",
  json: '{"operations": [...], "broad": "the reason"}',
};

function checkBreadth(
  why: string | undefined,
  reason: unknown,
  setting: string,
  form: PolicyForm,
  problems: ConfigProblem[],
): void {
  if (why && reason === undefined) {
    const fix = `Name the namespace, or write ${MEANT[form]} to say that it is meant`;
    problems.push({ setting, problem: `this grant is broad: ${why}`, fix });
  } else if (why && (typeof reason !== 'string' || reason.trim() === '')) {
    problems.push({ setting, problem: 'broad(...) gives no reason', fix: 'Say in a few words why it is meant' });
  }
}
