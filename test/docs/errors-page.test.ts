/** docs/errors.md is what the code says now, and the `href` of each answer leads to its paragraph. */
import { describe, expect, it } from 'vitest';
import { AuthFailure, FAILURES, type FailureReason } from '../../core/errors.ts';
import { errorsPage } from '../../dev/docs/errors-page.ts';
import { authRequest, testEndpoint } from '../core/auth-request.ts';
import { headerSource } from '../safety/support.ts';
import { anchorsOf, textOf } from './pages.ts';

const PAGE = 'docs/errors.md';
const REASONS = Object.keys(FAILURES) as FailureReason[];
const BASE = 'https://app.example/docs/errors.md';

/** The `href` of what an endpoint answers that refuses everybody for this reason. */
async function hrefOf(reason: FailureReason): Promise<string> {
  const refusing = headerSource('refusing', 'x-refused', {
    verify: () => {
      throw new AuthFailure(reason);
    },
  });
  const rules = [{ name: 'all', grant: { room: ['subscribe' as const] } }];
  const { handle } = testEndpoint({ docsBaseUrl: BASE, rules, sources: [refusing] });
  const { body } = await handle(authRequest({ headers: { 'x-refused': 'yes' } }));
  return (JSON.parse(body) as { error: { href: string } }).error.href;
}

describe(PAGE, () => {
  it('is what `npm run docs` writes', () => {
    expect(textOf(PAGE)).toBe(errorsPage());
  });

  it.each(REASONS)('is where the answer to %s leads', async (reason) => {
    const [page, anchor = ''] = (await hrefOf(reason)).split('#');
    expect([page, anchor]).toEqual([BASE, reason]);
    expect(anchorsOf(PAGE)).toContain(anchor);
  });

  it('says what clients do with every status and code that there is, and no other', () => {
    const inCode = new Set(Object.values(FAILURES).map(({ status, code }) => `${status} / ${code}`));
    const table = /## What clients do\n([\s\S]*?)\n## /.exec(textOf(PAGE))?.[1] ?? '';
    const rows = [...table.matchAll(/^\| (\d{3} \/ \d{5}) \|/gm)].map(([, answer]) => answer);
    expect(new Set(rows)).toEqual(inCode);
  });

  it('has no answer but 403 that ends a client, and on Android 400 and 405', () => {
    const failed = [...textOf(PAGE).matchAll(/^\| (\d{3}) \/ \d{5} \|.*FAILED/gm)].map(([, status]) => status);
    expect([...new Set(failed)].sort()).toEqual(['400', '403', '405']);
  });
});
