/**
 * The blocks that no test here compiles, runs or parses, and why: by page and language. Whoever adds one says what checks
 * it instead. A block whose note names a file is compared with that file and need not be here, whatever its language.
 */
import type { Block } from './pages.ts';

const REASONS: Readonly<Record<string, string>> = {
  'docs/observability.md text': 'a query for CloudWatch: test/telemetry/observability-page.test.ts knows its fields',
  'docs/observability.md http': 'a header that test/telemetry/observability-page.test.ts compares',
  'docs/policy.md text': 'the shape of a rule as a drawing, and output that test/cli/explain.test.ts compares',
  'docs/rotation.md text': 'a drawing of the steps, which test/rotation/steps.test.ts runs',
  'README.md text': 'a drawing of the way of a request',
  'docs/security.md text': 'a drawing of the boundaries',
  'infra/aws/README.md ts': 'needs aws-cdk-lib: the lane "iac" compiles the construct with an app of its own',
  'infra/netlify/README.md toml': 'two lines read against Netlify’s documentation: nothing here reads TOML',
  'infra/terraform/README.md hcl': 'needs terraform: the lane "terraform" validates the modules',
};

const keyOf = ({ page, language }: Block): string => `${page} ${language}`;

export const isUnchecked = (block: Block): boolean => keyOf(block) in REASONS;

/** Entries that no block needs any more. */
export function unusedReasons(blocks: readonly Block[]): readonly string[] {
  const needed = new Set(blocks.map(keyOf));
  return Object.keys(REASONS).filter((key) => !needed.has(key));
}
