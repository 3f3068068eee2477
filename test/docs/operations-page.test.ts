/** docs/operations.md: its reasons, kinds of log lines, alarms and tests are those that there are. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAILURES } from '../../core/errors.ts';
import { readRevocation } from '../../core/revocation/read-revocation.ts';
import { NOW_MS, postJson } from '../core/auth-request.ts';
import { ROOT } from '../house/source-files.ts';
import { blocksOf, textOf } from './pages.ts';

const PAGE = textOf('docs/operations.md');
const DRILLS = PAGE.slice(PAGE.indexOf('\n## Drills'), PAGE.indexOf('\n## Upgrading')).split(/^### /m).slice(1);

describe('docs/operations.md', () => {
  it.each(DRILLS.map((text) => [text.slice(0, text.indexOf('\n')), text]))(
    'says of "%s" what is seen, what to do, how to see that it worked, and which test acts it out',
    (_, text) => {
      expect(text).toMatch(/\*\*You see\*\*|^.*\n\nWhoever has it/);
      expect(text).toContain('**Do**');
      expect(text).toContain('**It worked**');
      const [, test = ''] = /Tested in\s+`([^`]+)`/.exec(text) ?? [];
      expect(existsSync(join(ROOT, test)), test).toBe(true);
    },
  );

  it('has ten drills or more, and every reason that is an outage is in one', () => {
    expect(DRILLS.length).toBeGreaterThanOrEqual(10);
    const outages = Object.entries(FAILURES).filter(([, { status }]) => status === 503);
    // Nothing to do about these two: the one passes in a second, the other is about one caller.
    const passing = ['just-revoked', 'credential-too-large'];
    const missing = outages.filter(
      ([reason]) => !passing.includes(reason) && !DRILLS.join('').includes(`\`${reason}\``),
    );
    expect(missing).toEqual([]);
  });

  it('names kinds of log lines that there are', () => {
    const events = readFileSync(join(ROOT, 'core/auth-event.ts'), 'utf8');
    const clock = readFileSync(join(ROOT, 'core/clock/clock-event.ts'), 'utf8');
    const kinds = [...PAGE.matchAll(/kind `(\w+)`/g)].map(([, kind]) => kind);
    expect(kinds.length).toBeGreaterThan(4);
    expect(kinds.filter((kind) => !`${events}${clock}`.includes(`kind: '${kind}'`))).toEqual([]);
  });

  it('has a row for every alarm of the templates', () => {
    const alarms = readFileSync(join(ROOT, 'infra/aws/fragments/alarms.yml'), 'utf8');
    const names = [...alarms.matchAll(/AlarmName: \{ Fn::Sub: '\$\{Name\}-([\w-]+)' \}/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(4);
    const table = PAGE.split('\n')
      .filter((line) => line.startsWith('| `'))
      .join('\n');
    expect(names.filter((name) => !table.includes(`\`${name}\``))).toEqual([]);
  });

  it('has a command that bans a person for two hours', () => {
    const command = blocksOf('docs/operations.md').find(({ code }) => code.includes('ably-auth-revoke'))?.code ?? '';
    const [, body = ''] = /-d '(.*)'$/m.exec(command) ?? [];
    expect(readRevocation(postJson(body), NOW_MS)).toMatchObject({
      targets: [{ source: 'session', subject: 'bob', clientId: 'bob' }],
      action: { kind: 'ban', untilMs: NOW_MS + 2 * 3_600_000 },
    });
  });
});
