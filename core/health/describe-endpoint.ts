/**
 * What an operator is told of an endpoint: which key, policy and build it runs on, and how it stands with the clock and
 * the store. Fingerprints and names, never a secret, a subject or an address (S10).
 */
import type { Prepared } from '../assemble-endpoint.ts';
import { BUILD_ID, VERSION } from '../build-info.ts';
import type { ConfigProblem } from '../config-problem.ts';
import type { ApiKey } from '../keys/api-key.ts';
import { keyFingerprint } from '../keys/key-fingerprint.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { KeySourceError } from '../keys/key-source.ts';
import { policyVersion } from '../policy/policy-version.ts';

interface DescribedKey {
  /** `<appId>.<keyId>`, which every client sees. */
  readonly name: string;
  readonly fingerprint: string;
  /** Since the store last gave it. */
  readonly ageSeconds: number;
}

/** The current key is loaded for it where none is cached: whether that works is what an operator wants to know. */
export async function describeEndpoint({ auth, ports, health }: Prepared, nowMs: () => number): Promise<object> {
  const key = await describeKeys(ports.keys, nowMs);
  const report = health();
  if (report.status !== 'ok') return {};
  const { rules, requestable, keyCapability, onExcessRequest } = auth.written;
  return {
    key: { state: report.key, ...key },
    clock: { ...report.clock, nowMs: nowMs() },
    policyVersion: policyVersion({ rules, requestable, keyCapability, onExcessRequest }),
    build: describeBuild(),
    store: report.store ?? 'none',
    ...(auth.rateLimit && {
      rateLimit: { requests: auth.rateLimit.requests, perSeconds: auth.rateLimit.perMs / 1000 },
    }),
  };
}

/** The list that was logged at the start: settings, what is wrong with them, and what to do; no value that may be secret. */
export function describeMisconfigured(problems: readonly ConfigProblem[]): object {
  return { problems, build: describeBuild() };
}

async function describeKeys(keys: KeyRing, nowMs: () => number): Promise<object> {
  const described = (key: ApiKey, stage: 'current' | 'previous'): DescribedKey => ({
    name: key.name,
    fingerprint: keyFingerprint(key),
    ageSeconds: Math.max(0, Math.floor((nowMs() - (keys.readAtMs(stage) ?? nowMs())) / 1000)),
  });
  try {
    const current = described(await keys.current(), 'current');
    // Only what something else has needed already: loading it would be another call of the store.
    const previous = keys.readAtMs('previous') === undefined ? undefined : await keys.previous().catch(() => undefined);
    return { current, ...(previous && { previous: described(previous, 'previous') }) };
  } catch (error) {
    if (!(error instanceof KeySourceError)) throw error;
    const { setting, failure, message, remediation } = error;
    return { problem: { setting, failure, message, remediation } };
  }
}

function describeBuild(): object {
  return { version: VERSION, ...(BUILD_ID.startsWith('@') ? {} : { id: BUILD_ID }) };
}
