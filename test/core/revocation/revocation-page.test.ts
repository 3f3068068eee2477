/** docs/revocation.md against the code: what it tells an operator to send is taken, and its code compiles as it stands. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRevocation } from '../../../core/revocation/read-revocation.ts';
import { ROOT } from '../../house/source-files.ts';
import { NOW_MS, postJson } from '../auth-request.ts';

const page = readFileSync(join(ROOT, 'docs/revocation.md'), 'utf8');
const read = (body: string) => readRevocation(postJson(body), NOW_MS);

describe('docs/revocation.md', () => {
  it('has a command whose body bans bob for two hours', () => {
    const body = /^ {2}-d '(.*)'$/m.exec(page)?.[1] ?? '';
    expect(read(body)).toEqual({
      targets: [{ type: 'clientId', value: 'bob' }],
      action: { kind: 'ban', untilMs: NOW_MS + 2 * 3_600_000 },
      options: {},
    });
  });

  it('lists every name that a body can have, each with values that are taken', () => {
    const rows = [...page.matchAll(/^\| `(\w+)` \| (.+?) \| .+ \|$/gm)];
    expect(rows.map(([, name]) => name)).toEqual([
      ...['targets', 'self', 'ban', 'signOut', 'lift', 'issuedBefore', 'allowReauthMargin'],
    ]);
    let tried = 0;
    for (const [, name = '', values = ''] of rows) {
      for (const [, value = ''] of values.matchAll(/`(.+?)`/g)) {
        read(name === 'self' ? '{"self":true}' : `{"targets":["clientId:bob"],"${name}":${value}}`);
        tried += 1;
      }
    }
    expect(tried).toBeGreaterThanOrEqual(7);
  });

  it('names targets that are taken', () => {
    const targets = /A target is ((?:.|\n)+?)\. At most/.exec(page)?.[1] ?? '';
    const written = [...targets.matchAll(/`("\w+:[^`]+"|\{"source[^`]+\})`/g)].map(([, text]) => text);
    expect(written).toHaveLength(4);
    expect(read(`{"targets":[${written.join()}]}`).targets).toHaveLength(4);
  });

  it('shows TypeScript that compiles', () => {
    const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? '');
    expect(blocks).toHaveLength(2);
    const folder = mkdtempSync(join(ROOT, 'node_modules/.page-'));
    try {
      const names = ['auth.config.ts', 'app.ts'];
      for (const [index, code] of blocks.entries()) {
        const text = code
          .replace("'ably-auth-functions'", `'${join(ROOT, 'index.ts')}'`)
          .replace("'ably-auth-functions/node'", `'${join(ROOT, 'adapters/node/library.ts')}'`);
        writeFileSync(join(folder, names[index] ?? ''), text);
      }
      const extended = { extends: join(ROOT, 'tsconfig.json'), include: ['*.ts'], exclude: [] };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(extended));
      execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['--noEmit', '-p', folder], { encoding: 'utf8', cwd: ROOT });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
