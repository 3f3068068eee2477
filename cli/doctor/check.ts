/** What a check is, and what can come of it. */
import type { Visit } from './visit.ts';

export type Verdict = 'passes' | 'fails' | 'warns' | 'info' | 'not checked';

export interface Outcome {
  readonly verdict: Verdict;
  /** What was seen; of `not checked`, why it was not. Never a credential, nor anything of one but its form. */
  readonly seen: string;
  /** What to do, where it is more exact than what the check says. */
  readonly fix?: string;
}

export interface Check {
  /** Stable: `--only` and `--skip` name it, and docs/doctor.md has a paragraph under it. */
  readonly id: string;
  /** What is so when it passes. */
  readonly title: string;
  /** Who breaks when it is not. */
  readonly why: string;
  /** How that is known: the part of an SDK, of Ably's documentation, or of a standard. */
  readonly source: string;
  readonly fix: string;
  /** It has something to say also of an endpoint that was not reached. */
  readonly evenUnreached?: true;
  readonly run: (visit: Visit) => Promise<Outcome>;
}

export function passes(seen: string): Outcome {
  return { verdict: 'passes', seen };
}

export function fails(seen: string, fix?: string): Outcome {
  return { verdict: 'fails', seen, ...(fix !== undefined && { fix }) };
}

export function warns(seen: string, fix?: string): Outcome {
  return { verdict: 'warns', seen, ...(fix !== undefined && { fix }) };
}

export function informs(seen: string): Outcome {
  return { verdict: 'info', seen };
}

/** The gravest of them with what was seen in each as grave; `good` when there is none. */
export function gravest(outcomes: readonly Outcome[], good: string): Outcome {
  for (const verdict of ['fails', 'warns', 'info'] as const) {
    const found = outcomes.filter((outcome) => outcome.verdict === verdict);
    if (found.length === 0) continue;
    const fix = found.find((outcome) => outcome.fix !== undefined)?.fix;
    return { verdict, seen: [...new Set(found.map(({ seen }) => seen))].join('; '), ...(fix !== undefined && { fix }) };
  }
  return passes(good);
}
