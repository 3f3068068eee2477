/** docs/revocation.md against the code: what it tells an operator to send is taken. */
import { readFileSync } from 'node:fs';
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
});
