/** docs/identity.md, held against the code. That every snippet compiles and every config can serve is seen in test/docs. */
import { describe, expect, it } from 'vitest';
import { PROVIDERS } from '../../adapters/identity/providers.ts';
import { CONFIGS, PAGE } from './identity-page.ts';

describe('docs/identity.md', () => {
  it('ends at a few lines for each answer: nine inside of sources, unless it is the list of providers', () => {
    const long = CONFIGS.filter(({ code }) => code.split('\n').length > 14).map(({ heading }) => heading);
    expect(long).toEqual(['A provider']);
  });

  it('has a line for each provider that there is a preset for', () => {
    const missing = Object.keys(PROVIDERS).filter((name) => !new RegExp(`\\b${name}\\(`).test(PAGE));
    expect(missing.filter((name) => name !== 'cognitoIdentityPool')).toEqual([]);
  });
});
