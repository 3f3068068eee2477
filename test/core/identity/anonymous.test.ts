import { describe, expect, it } from 'vitest';
import { anonymous } from '../../../core/identity/anonymous.ts';
import { authRequest, NOW_MS } from '../auth-request.ts';

describe('anonymous', () => {
  const source = anonymous();
  const context = { nowMs: NOW_MS, secureCookies: true };

  it('answers for everyone, with no claim and no name', () => {
    const request = authRequest({ headers: { authorization: 'Bearer x' }, query: { clientId: 'eve' } });
    expect(source.carriesCredential(request, context)).toBe(true);
    expect(source.verify(request, context)).toEqual({
      kind: 'identified',
      identity: { source: 'anonymous', subject: '', kind: 'anonymous', claims: {} },
    });
  });

  it('gives every caller an identity that none of them can change', async () => {
    const verdict = await source.verify(authRequest(), context);
    if (verdict.kind !== 'identified') throw new Error('rejected');
    expect(Object.isFrozen(verdict.identity)).toBe(true);
    expect(Object.isFrozen(verdict.identity.claims)).toBe(true);
  });

  it('is not ambient, so that "*" may stand beside it', () => {
    expect([source.ambient, source.kinds, source.problems]).toEqual([false, ['anonymous'], []]);
  });
});
