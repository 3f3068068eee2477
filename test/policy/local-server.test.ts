/** What the local server says of a policy: lint when it starts, and an explanation for the page. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { startDevServer } from '../../dev/server.ts';
import { anonymous, defineAuth, session, sessionSecrets } from '../../index.ts';

const definition = defineAuth((env) => ({
  sources: [session({ secrets: sessionSecrets(env) }), anonymous()],
  rules: [
    { name: 'visitors', when: { kind: 'anonymous' }, grant: { news: ['subscribe'] } },
    { name: 'members', grant: { 'room:{rooms}': ['publish'], 'foo*': ['subscribe'] } },
  ],
}));
const OURS = { 'sec-fetch-site': 'same-origin' };

async function started() {
  const lines: string[] = [];
  const env = { PORT: '0', ABLY_AUTH_SESSION_SECRET: 'x'.repeat(40), ABLY_AUTH_LOG: 'silent' };
  const server = await startDevServer({ definition, env, print: (line) => lines.push(line) });
  onTestFinished(() => server.close());
  const explain = async (query: Record<string, string>, headers: Record<string, string> = OURS) => {
    const response = await fetch(`${server.url}/demo/explain?${new URLSearchParams(query)}`, { headers });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return { lines, explain };
}

describe('the local server', () => {
  it('prints what lint finds when it starts', async () => {
    const { lines } = await started();
    expect(lines).toEqual([expect.stringMatching(/^warning: rules\[1\]\.grant\["foo\*"\]: "foo\*" is a literal name/)]);
  });

  it('explains the policy for any claims, to its own page', async () => {
    const { explain } = await started();
    const claims = JSON.stringify({ sub: 'ada', rooms: ['7'] });
    const { status, body } = await explain({ claims, operation: 'publish', channel: 'room:7' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ outcome: { kind: 'issued', clientId: 'ada' }, answer: { allowed: true } });
    expect(body.text).toMatch(/yes +publish on room:7: granted by members \(room:\{rooms\}\)/);
    const visitor = await explain({});
    expect(visitor.body).toMatchObject({
      identity: { kind: 'anonymous' },
      outcome: { capability: '{"news":["subscribe"]}' },
    });
    expect(visitor.body.answer).toBeUndefined();
  });

  it.each([{ claims: 'x' }, { claims: '[1]' }, { claims: 'null' }, { operation: 'fly' }])(
    'refuses %j',
    async (query) => {
      expect((await (await started()).explain(query)).status).toBe(400);
    },
  );

  it('S14: explains nothing to another site', async () => {
    const { explain } = await started();
    const cross = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await explain({ claims: '{"sub":"ada"}' }, cross)).status).toBe(403);
    expect((await explain({ claims: '{"sub":"ada"}' }, { 'sec-fetch-site': 'same-site' })).status).toBe(403);
  });
});
