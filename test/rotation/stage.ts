/**
 * All that a rotation touches, real at every end: a Secrets Manager over HTTP, Ably's Control API and an Ably service with
 * the same keys, all on loopback ports and by one clock that a test moves.
 */
import { randomUUID } from 'node:crypto';
import { createAblyApi } from '../../adapters/ably/ably-api.ts';
import { createControlApi } from '../../adapters/ably/control-api.ts';
import { createKeyProbe } from '../../adapters/ably/probe-key.ts';
import { createRotatingSecret } from '../../adapters/key-sources/rotating-secret.ts';
import type { KeyProbe } from '../../core/rotation/ports.ts';
import { RETIRE_AFTER_MS } from '../../core/rotation/retire-bound.ts';
import { createStep, finishStep, type RotationParts, setStep, testStep } from '../../core/rotation/rotate-secret.ts';
import { type AblyService, startAblyService } from '../../dev/ably-service/ably-service.ts';
import { type KeyResponse, type LocalControlApi, startControlApi } from '../../dev/control-api/control-api.ts';
import { CREDENTIALS, LocalAws, REGION } from '../key-sources/local-aws.ts';

export const FIRST = { name: 'rotapp.first', secret: 'obviously-a-fake-secret', label: 'auth endpoint' };
/** Of the same app, and somebody else's. */
export const FOREIGN = { name: 'rotapp.foreign', secret: 'obviously-another-fake', label: 'auth endpoint' };
export const ACCESS_TOKEN = 'obviously-a-fake-access-token';
export const SECRET_ID = 'ably/key';
const CAPABILITY = { 'room:*': ['publish', 'subscribe'], notifications: ['subscribe'] };

export const STEPS = [createStep, setStep, testStep, finishStep] as const;

export interface RotationStage {
  readonly service: AblyService;
  readonly control: LocalControlApi;
  readonly aws: LocalAws;
  readonly clock: { nowMs: number };
  /** The real drivers, in front of which a test may stand. */
  readonly parts: RotationParts;
  readonly clientOptions: { endpoint: string; region: string; credentials: typeof CREDENTIALS };
  /** A version that Secrets Manager has announced, as it does before the first step. */
  announce(): string;
  rotate(parts?: RotationParts): Promise<string>;
  /** Until when the key before the current one must live. */
  pastTheBound(): void;
  current(): Promise<string>;
  previous(): Promise<string | undefined>;
  key(name: string): KeyResponse | undefined;
  close(): Promise<void>;
}

export async function startRotationStage(secretText?: string): Promise<RotationStage> {
  const clock = { nowMs: Date.now() };
  const now = () => clock.nowMs;
  const keys = [FIRST, FOREIGN].map((key) => ({ ...key, capability: CAPABILITY, revocableTokens: true }));
  const service = await startAblyService({ keys, now });
  const control = await startControlApi({ service, keys, accessToken: ACCESS_TOKEN, now });
  const aws = await new LocalAws().start();
  aws.nowMs = now;
  aws.putSecret(
    SECRET_ID,
    secretText ?? JSON.stringify({ ABLY_API_KEY: `${FIRST.name}:${FIRST.secret}`, note: 'kept' }),
  );
  const clientOptions = { endpoint: aws.url, region: REGION, credentials: CREDENTIALS };
  const secret = createRotatingSecret({ secretId: SECRET_ID, clientOptions });
  const parts: RotationParts = {
    control: createControlApi({ accessToken: () => ACCESS_TOKEN, url: control.url }),
    secret,
    probe: createProbe(service, now),
    nowMs: now,
  };
  const announce = (): string => {
    const version = randomUUID();
    aws.announceVersion(SECRET_ID, version);
    return version;
  };
  return {
    ...{ service, control, aws, clock, parts, clientOptions, announce },
    async rotate(through = parts) {
      const version = announce();
      for (const step of STEPS) await step(through, version);
      return version;
    },
    pastTheBound() {
      clock.nowMs += RETIRE_AFTER_MS + 1_000;
    },
    current: async () => (await secret.currentKey()).name,
    previous: async () => (await secret.previousKey())?.name,
    key: (name) => control.keys().find(({ appId, id }) => `${appId}.${id}` === name),
    async close() {
      await service.close();
      await control.close();
      await aws.stop();
    },
  };
}

function createProbe({ host, port }: AblyService, nowMs: () => number): KeyProbe {
  const ably = createAblyApi({ ABLY_ENDPOINT: host, ABLY_PORT: String(port), ABLY_TLS: 'false' });
  return createKeyProbe({ ably, pausesMs: [], nowMs });
}
