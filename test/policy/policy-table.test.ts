import { describe, expect, it } from 'vitest';
import { anonymous, defineAuth, type Rule, session } from '../../index.ts';
import { type PolicyRow, testPolicy } from '../../testing/index.ts';

const RULES: readonly Rule[] = [
  { name: 'visitors', when: { kind: 'anonymous' }, grant: { news: ['subscribe'] } },
  { name: 'guests', when: { kind: 'guest' }, grant: { lobby: ['subscribe'] } },
  { name: 'users', grant: { 'user:{sub}': ['publish'] } },
];
const config = (rules = RULES) => ({ sources: [session({ secrets: ['x'.repeat(40)] }), anonymous()], rules });

/** What a runner would have been given: the titles, and how each ends. */
async function run(rows: readonly PolicyRow[], policy: Parameters<typeof testPolicy>[1] = config()) {
  const tests: { readonly title: string; readonly run: () => Promise<void> }[] = [];
  testPolicy((title, test) => tests.push({ title, run: test }), policy, rows);
  const ends = await Promise.allSettled(tests.map((test) => test.run()));
  return ends.map((end, index) => [
    tests[index]?.title,
    end.status === 'fulfilled' ? 'passes' : String((end.reason as Error).message),
  ]);
}

describe('testPolicy', () => {
  it('defines a test for each row, named for what it asks', async () => {
    expect(
      await run([
        [undefined, 'subscribe', 'news', true],
        [{ sub: 'bob' }, 'publish', 'user:bob', true],
        [{ sub: 'bob' }, 'publish', 'user:eve', false],
        [{ kind: 'guest', subject: 'g', source: 'guests' }, 'subscribe', 'lobby', true],
      ]),
    ).toEqual([
      ['anonymous may subscribe on news', 'passes'],
      ['{"sub":"bob"} may publish on user:bob', 'passes'],
      ['{"sub":"bob"} may not publish on user:eve', 'passes'],
      ['{"kind":"guest","subject":"g","source":"guests"} may subscribe on lobby', 'passes'],
    ]);
  });

  it('fails with the whole explanation, for a right too many and for one too few', async () => {
    const [[, tooMany] = [], [, tooFew] = []] = await run([
      [{ sub: 'bob' }, 'publish', 'user:bob', false],
      [{ sub: 'bob' }, 'publish', 'news', true],
    ]);
    expect(tooMany).toMatch(/^expected no\n[\s\S]*yes +publish on user:bob: granted by users \(user:\{sub\}\)/);
    expect(tooFew).toMatch(/^expected yes\n[\s\S]*no +visitors: kind[\s\S]*no +publish on news: no grant has it/);
  });

  it('takes neither a broken config nor an outage for a no', async () => {
    const broken = await run([[undefined, 'publish', 'x', false]], config([]));
    expect(broken[0]?.[1]).toMatch(/rules: there are none/);
    const definition = defineAuth(() => {
      throw new Error('hunter2');
    });
    const thrown = await run([[undefined, 'publish', 'x', false]], definition);
    expect(thrown[0]?.[1]).toMatch(/building it threw an Error at \S+policy-table\.test\.ts:\d+:\d+\. /);
    expect(thrown[0]?.[1]).not.toContain('hunter2');
    const failing: Rule = { name: 'down', lookup: () => Promise.reject(new Error('down')), grant: {} };
    const outage = await run([[{ sub: 'bob' }, 'publish', 'x', false]], config([failing]));
    expect(outage[0]?.[1]).toMatch(/503 policy-unavailable/);
  });

  it('takes a definition, and gives it a session secret to be built with', async () => {
    const definition = defineAuth((env) => ({
      sources: [session({ secrets: [env.ABLY_AUTH_SESSION_SECRET ?? ''] })],
      rules: RULES.slice(2),
    }));
    expect(await run([[{ sub: 'bob' }, 'publish', 'user:bob', true]], definition)).toEqual([
      ['{"sub":"bob"} may publish on user:bob', 'passes'],
    ]);
  });
});
