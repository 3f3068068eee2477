/** What is plainly in order is found by both, and comes to the same; what is not, by chooseKeySource alone. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chooseKeySource } from '../../adapters/key-sources/choose-key-source.ts';
import { openKeySource } from '../../adapters/key-sources/open-key-source.ts';

const KEY = 'fake-app.fake-key:not-a-secret';

const settings = fc.record(
  {
    ABLY_API_KEY: fc.constantFrom('', KEY, ` ${KEY}`, 'fake-app:not-a-secret'),
    ABLY_API_KEY_PREVIOUS: fc.constantFrom('', KEY, `"${KEY}"`),
    ABLY_API_KEY_SECRET_ID: fc.constantFrom('', 'fake/key'),
    ABLY_API_KEY_SECRET_FIELD: fc.constantFrom('', 'key'),
    ABLY_API_KEY_PARAMETER: fc.constantFrom('', '/fake/key'),
    PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: fc.constantFrom('', '2773', '0', '65536', 'x', ' 2773'),
    PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED: fc.constantFrom('', 'false', 'true'),
    SSM_PARAMETER_STORE_TTL: fc.constantFrom('', '0', '300'),
    AWS_LAMBDA_FUNCTION_NAME: fc.constantFrom('', 'ably-auth'),
  },
  { requiredKeys: [] },
);

it('takes nothing that the whole choice refuses or warns of, but for a key that Lambda shows', () => {
  const names = new Set<string>();
  fc.assert(
    fc.property(settings, (env) => {
      const opened = openKeySource(env);
      if (!opened) return;
      const chosen = chooseKeySource(env);
      if (!chosen.ok) throw new Error(JSON.stringify(chosen.problems));
      expect(opened.warnings).toEqual(chosen.warnings);
      expect([opened.source.name, opened.source.setting]).toEqual([chosen.source.name, chosen.source.setting]);
      names.add(opened.source.name);
    }),
    { numRuns: 5_000 },
  );
  expect(names).toEqual(
    new Set(['environment', 'aws-secrets-manager', 'aws-secrets-extension', 'aws-parameter-store']),
  );
});
