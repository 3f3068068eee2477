/**
 * Whether what a policy grants can outgrow a JWT, which travels in an HTTP header. An estimate from the rules alone:
 * every rule matches, every placeholder is a short value, every list has one element.
 */
import { unionAll } from '../capability/algebra.ts';
import { canonicalCapability } from '../capability/canonical.ts';
import type { AuthConfig } from '../config.ts';
import { MAX_JWT_BYTES } from '../limits.ts';
import type { Policy } from './compile-policy.ts';
import type { Report } from './lint-finding.ts';

/** Header, times, clientId and signature of an Ably JWT, in its bytes. */
const REST_OF_JWT_BYTES = 300;

/** Base64url writes three bytes as four characters. */
const MAX_CAPABILITY_BYTES = Math.floor((MAX_JWT_BYTES - REST_OF_JWT_BYTES) * 0.75);

export function lintSize(
  { tokenFormat }: Pick<AuthConfig, 'tokenFormat'>,
  policy: Policy,
  at: string,
  report: Report,
): void {
  const asJwt = policy.rules.some(({ format }) => /jwt$/.test(format ?? tokenFormat ?? ''));
  if (!asJwt) return;
  const capability = unionAll(
    policy.rules.flatMap(({ grants: { fixed, templates } }) => [
      fixed,
      new Map(templates.map(({ template, operations }) => [template.text, operations])),
    ]),
  );
  // As it stands in the JWT: JSON within JSON, so that every quotation mark has a backslash.
  const bytes = Buffer.byteLength(JSON.stringify(canonicalCapability(capability)));
  if (bytes <= MAX_CAPABILITY_BYTES) return;
  const finding = `a caller whom every rule covers needs ${bytes} bytes of capability; a JWT has room for ${MAX_CAPABILITY_BYTES}`;
  report('warning', at, finding, 'Grant fewer, broader patterns, or use the format token-request or auto');
}
