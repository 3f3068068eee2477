/** The five policies of docs/policy.md, each by a table of who may do what, with the kit that users have. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import moderators from '../../examples/policies/moderators.ts';
import multiTenant from '../../examples/policies/multi-tenant.ts';
import oneUsersDevices from '../../examples/policies/one-users-devices.ts';
import publicSite from '../../examples/policies/public-site.ts';
import roomMembership from '../../examples/policies/room-membership.ts';
import { lintPolicy, PRESET_PAGES, PRESETS, type PresetName } from '../../index.ts';
import { testPolicy } from '../../testing/index.ts';

describe('a public site with members', () => {
  const ada = { sub: 'ada' };
  const editor = { sub: 'eva', roles: ['staff', 'editor'] };
  testPolicy(it, publicSite, [
    [undefined, 'subscribe', 'news:today', true],
    [undefined, 'history', 'article:7', true],
    [undefined, 'subscribe', 'article:7:comments', true],
    [undefined, 'publish', 'article:7:comments', false],
    [undefined, 'presence', 'article:7:comments', false],
    [undefined, 'subscribe', 'user:ada', false],
    [ada, 'publish', 'article:7:comments', true],
    [ada, 'message-delete-own', 'article:7:comments', true],
    [ada, 'message-delete-any', 'article:7:comments', false],
    [ada, 'publish', 'article:7', false],
    [ada, 'subscribe', 'user:ada', true],
    [ada, 'subscribe', 'user:bob', false],
    [ada, 'publish', 'news:today', false],
    [editor, 'publish', 'news:today', true],
    [{ sub: 'eve', roles: 'editor' }, 'publish', 'news:today', false],
    [{ sub: '*' }, 'subscribe', 'user:ada', false],
  ]);
});

describe('many tenants', () => {
  const ada = { sub: 'ada', tenant: 'acme', plan: 'pro' };
  const owner = { ...ada, role: 'owner' };
  testPolicy(it, multiTenant, [
    [ada, 'publish', 'tenant:acme:general', true],
    [ada, 'publish', 'tenant:acme:project:7', true],
    [ada, 'publish', 'tenant:other:general', false],
    [ada, 'subscribe', 'plan:pro', true],
    [ada, 'subscribe', 'plan:free', false],
    [ada, 'message-delete-any', 'tenant:acme:general', false],
    [owner, 'message-delete-any', 'tenant:acme:general', true],
    [owner, 'message-delete-any', 'tenant:other:general', false],
    [{ sub: 'eve', tenant: '*', plan: 'pro' }, 'subscribe', 'tenant:acme:general', false],
    [{ sub: 'eve', tenant: 'acme:x', plan: 'pro' }, 'subscribe', 'tenant:acme:x:general', false],
    [undefined, 'subscribe', 'tenant:acme:general', false],
  ]);
});

describe('membership of each room', () => {
  testPolicy(it, roomMembership, [
    [{ sub: 'ada' }, 'message-delete-any', 'room:7', true],
    [{ sub: 'ada' }, 'publish', 'room:8', false],
    [{ sub: 'bob' }, 'publish', 'room:7', true],
    [{ sub: 'bob' }, 'publish', 'room:8', true],
    [{ sub: 'bob' }, 'message-delete-any', 'room:7', false],
    [{ sub: 'eve' }, 'subscribe', 'room:7', false],
    [{ sub: 'eve' }, 'subscribe', 'lobby', true],
    // A claim of the caller's own is no row of the database.
    [{ sub: 'eve', room: '7' }, 'subscribe', 'room:7', false],
  ]);
});

describe('one user’s devices', () => {
  const sync = (sub: string) => `user:${Buffer.from(sub).toString('base64url')}:sync`;
  testPolicy(it, oneUsersDevices, [
    [{ sub: 'auth0|7' }, 'publish', sync('auth0|7'), true],
    [{ sub: 'auth0|7' }, 'object-publish', sync('auth0|7'), true],
    [{ sub: 'auth0|7' }, 'publish', sync('auth0|8'), false],
    [{ sub: 'a:b' }, 'publish', sync('a:b'), true],
    [{ sub: 'ada' }, 'push-subscribe', `user:${Buffer.from('ada').toString('base64url')}:inbox`, true],
    [{ sub: 'ada' }, 'push-admin', `user:${Buffer.from('ada').toString('base64url')}:inbox`, false],
    [{ sub: 'ada' }, 'publish', 'user:ada:sync', false],
  ]);
});

describe('moderators', () => {
  const sam = { sub: 'sam', moderates: ['sport', 'music'] };
  testPolicy(it, moderators, [
    [{ sub: 'ada' }, 'publish', 'chat:sport:1', true],
    [{ sub: 'ada' }, 'message-delete-any', 'chat:sport:1', false],
    [sam, 'message-delete-any', 'chat:sport:1', true],
    [sam, 'message-delete-any', 'chat:news:1', false],
    [{ sub: 'mia' }, 'message-delete-any', 'chat:news:1', true],
    [{ sub: 'mia' }, '*', 'chat:news:1', true],
    [{ sub: 'mia' }, 'subscribe', 'other:1', false],
  ]);
});

const doc = readFileSync(new URL('../../docs/policy.md', import.meta.url), 'utf8');

describe('docs/policy.md', () => {
  const policies = { moderators, multiTenant, oneUsersDevices, publicSite, roomMembership };

  it.each(Object.entries(policies))('lint has nothing to warn of in %s', (_, definition) => {
    const findings = lintPolicy(definition.build({ ABLY_AUTH_SESSION_SECRET: 'x'.repeat(40) }));
    expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
  });

  it('shows each of them as the file has it', () => {
    const shown = [...doc.matchAll(/<!-- (examples\/policies\/[\w-]+\.ts) -->\n```ts\n([\s\S]*?)```/g)];
    expect(shown.map(([, file]) => file)).toHaveLength(Object.keys(policies).length);
    for (const [, file = '', snippet] of shown) {
      const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
      const code = text.slice(text.indexOf('*/\n') + '*/\n'.length);
      expect(snippet, file).toBe(code.replace("'../../index.ts'", "'ably-auth-functions'"));
    }
  });

  it('lists the presets as they are', () => {
    const rows = [...PRESETS].map(([name, operations]) => {
      const { allows, source } = PRESET_PAGES[name as PresetName];
      const listed = operations.map((operation) => `\`${operation}\``).join(', ');
      return `| \`${name}\` | ${allows} (${listed}) | [page](${source}) |`;
    });
    expect(/<!-- presets -->\n([\s\S]*)<!-- end of presets -->/.exec(doc)?.[1]?.trim().split('\n').slice(2)).toEqual(
      rows,
    );
  });
});
