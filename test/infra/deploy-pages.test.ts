/** The pages on deploying, held against what is there: options, and the sums in their tables. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RUNTIMES } from '../platforms/edge/runtimes.ts';
import { PLAIN, ROOT, readTemplate } from './templates.ts';

const PAGES = [
  ...readdirSync(join(ROOT, 'docs/deploy')).map((name) => `docs/deploy/${name}`),
  'infra/aws/README.md',
  'infra/terraform/README.md',
  'infra/vercel/README.md',
  'infra/netlify/README.md',
];

const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

describe.each(PAGES)('%s', (page) => {
  const text = textOf(page);

  it('names options that there are', () => {
    const parameters = Object.keys(readTemplate(PLAIN).Parameters ?? {}).map((name) => name.toLowerCase());
    const options = [...text.matchAll(/--param="(\w+)=/g)].map(([, name]) => name?.toLowerCase() ?? '');
    // Of serverless.yml alone.
    const others = ['name', 'revoke'];
    expect(options.filter((name) => !others.includes(name) && !parameters.includes(name))).toEqual([]);
  });

  it('says what was not run, where it is a way from an empty account', () => {
    if (page.startsWith('docs/deploy/')) expect(text).toMatch(/[Nn]ot run/);
  });
});

describe('docs/deploy/aws.md', () => {
  it('adds up', () => {
    const amounts = [...textOf('docs/deploy/aws.md').matchAll(/\| \**(\d+\.\d\d)\**(?: each)? \|$/gm)].map(([, one]) =>
      Number(one),
    );
    const [api = 0, requests = 0, time = 0, logs = 0, million = 0, ...monthly] = amounts;
    expect(api + requests + time + logs).toBeCloseTo(million, 5);
    expect(time).toBeCloseTo(1e6 * 0.005 * 0.25 * 0.0000133334, 2);
    const everyMonth = monthly.pop() ?? 0;
    expect(monthly.reduce((sum, each) => sum + each, 0)).toBeCloseTo(everyMonth, 5);
    const bills = [0.03, 3, 300].map((millions) => `$${Math.round(millions * million + everyMonth)}`);
    expect(bills).toEqual(['$2', '$7', '$512']);
    for (const bill of bills) expect(textOf('docs/deploy/aws.md')).toContain(`| ${bill} |`);
  });
});

describe('docs/deploy/cloudflare.md', () => {
  it('shows the worker that the tests run', () => {
    const [workerd] = RUNTIMES;
    const files = workerd?.files({}) ?? {};
    const text = textOf('docs/deploy/cloudflare.md');
    expect(text).toContain(`\`\`\`js\n${files['worker.js']?.trim()}\n\`\`\``);
    const [, config = ''] = /```json\n([\s\S]*?)```/.exec(text) ?? [];
    expect(JSON.parse(config)).toEqual(JSON.parse(files['wrangler.json'] ?? ''));
  });
});
