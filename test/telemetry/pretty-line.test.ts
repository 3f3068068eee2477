/** The log for a person: whatever an app's own source says, an event is one line, and a terminal is told nothing else. */
import { describe, expect, it } from 'vitest';
import { logLines } from '../../adapters/telemetry/library.ts';
import type { IdentitySource } from '../../core/identity/identity.ts';
import { authRequest, testEndpoint } from '../core/auth-request.ts';
import { RULES } from '../safety/support.ts';

const FORGED = '\u001b[2K\rrefused\nissued   jwt to eve\r\nissued\u009b2J\u2028issued\u007f';

async function linesOf(verify: () => ReturnType<IdentitySource['verify']>): Promise<readonly string[]> {
  const own = { name: 'own', kinds: ['user'], ambient: false, carriesCredential: () => true, problems: [], verify };
  const endpoint = testEndpoint({ sources: [own as IdentitySource], rules: RULES });
  await endpoint.handle(authRequest());
  const lines: string[] = [];
  for (const event of endpoint.events) logLines({ format: 'pretty', print: (line) => lines.push(line) })(event);
  return lines;
}

describe('the log for a person', () => {
  it('is one line of text, whatever a source took from the caller', async () => {
    const lines = await linesOf(() => ({ kind: 'rejected', reason: 'bad-credential', detail: `nobody is ${FORGED}` }));
    const last = lines.at(-1) ?? '';
    expect(last).toContain('bad-credential: own: nobody is \\u001b[2K\\u000drefused\\u000aissued');
    expect(last).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
  });

  it('shows where a bug is, each frame on a line of its own', async () => {
    const lines = await linesOf(() => {
      throw new TypeError('of a caller\nissued   jwt to eve');
    });
    const [first = '', ...frames] = (lines.at(-1) ?? '').split('\n');
    expect(first).toMatch(/^refused {2}500 internal: TypeError$/);
    expect(frames.length).toBeGreaterThan(1);
    for (const frame of frames) expect(frame).toMatch(/^ {4}at /);
  });
});
