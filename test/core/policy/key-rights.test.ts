import { describe, expect, it } from 'vitest';
import { contains } from '../../../core/capability/algebra.ts';
import { canonicalCapability } from '../../../core/capability/canonical.ts';
import { keyRights } from '../../../core/policy/key-rights.ts';
import { broad, requestable } from '../../../index.ts';
import { authRequest, sessionCookie, testEndpoint } from '../auth-request.ts';

const textOf = (config: Parameters<typeof keyRights>[0]): unknown => JSON.parse(canonicalCapability(keyRights(config)));

describe('keyRights', () => {
  it('adds up what rules give, with a wildcard where a claim will be', () => {
    const rules = [
      { name: 'a', when: { kind: 'anonymous' as const }, grant: { news: ['subscribe' as const] } },
      { name: 'b', grant: { 'user:{sub}:inbox': ['subscribe' as const], 'team:{teams}:*': ['publish' as const] } },
      { name: 'c', grant: { news: ['publish' as const], '[meta]log': ['subscribe' as const] } },
    ];
    expect(textOf({ rules })).toEqual({
      '[meta]log': ['subscribe'],
      news: ['publish', 'subscribe'],
      'team:*:*': ['publish'],
      'user:*:inbox': ['subscribe'],
    });
  });

  it('takes a whole segment for a part of one, which Ably has no wildcard for', () => {
    expect(textOf({ rules: [{ name: 'a', grant: { 'plan-{plan}:x': ['subscribe'] } }] })).toEqual({
      '*:x': ['subscribe'],
    });
  });

  it('leaves out what something else has already', () => {
    const rules = [
      { name: 'a', grant: { 'room:7': ['subscribe' as const], 'room:*': ['publish' as const, 'subscribe' as const] } },
      {
        name: 'b',
        grant: { '*': broad(['subscribe'], 'a test'), 'other:x': ['publish' as const, 'subscribe' as const] },
      },
    ];
    expect(textOf({ rules })).toEqual({
      '*': ['subscribe'],
      'other:x': ['publish', 'subscribe'],
      'room:*': ['publish', 'subscribe'],
    });
  });

  it('has what may be asked for, and presets as the operations that they are', () => {
    const room = requestable({ resource: 'room:{id}', operations: ['preset:read-only'], check: () => true });
    const rules = [{ name: 'a', grant: { lobby: ['subscribe' as const] } }];
    expect(Object.keys(textOf({ rules, requestable: [room] }) as object)).toEqual(['lobby', 'room:*']);
  });

  it('is enough: a key with these rights cuts nothing of what a caller is granted', async () => {
    const rules = [
      { name: 'a', grant: { 'user:{sub}': ['subscribe' as const], 'team:{teams}:*': ['presence' as const] } },
      { name: 'b', grant: { 'org:{org.id}:x-{sub}': ['history' as const] } },
    ];
    const claims = { teams: ['red', 'blue'], org: { id: 'acme' } };
    const { handle } = testEndpoint({ rules });
    const { body } = await handle(authRequest({ cookies: [sessionCookie({ subject: 'ada', claims })] }));
    const granted = JSON.parse((JSON.parse(body) as { capability: string }).capability) as Record<string, []>;
    expect(Object.keys(granted)).toHaveLength(4);
    const asSets = new Map(Object.entries(granted).map(([resource, operations]) => [resource, new Set(operations)]));
    expect(contains(keyRights({ rules }), asSets)).toBe(true);
  });
});
