/**
 * What rotating a key needs from outside: Ably's Control API, the secret with its labelled versions, and Ably itself, which
 * says whether it accepts what a key has signed. Each method is one call, and says whether it may be made twice.
 */
import type { ApiKey } from '../keys/api-key.ts';

/** An API key as the Control API describes it. */
export interface ControlKey {
  /** Without the app's: `<appId>.<id>` is the key's name on the wire. */
  readonly id: string;
  /** The text that the dashboard shows, and the only thing about a key that can be changed and read again later. */
  readonly label: string;
  readonly isEnabled: boolean;
  readonly capability: Readonly<Record<string, readonly string[]>>;
  readonly revocableTokens: boolean;
  readonly createdMs: number;
  /** The whole key. A function, so that printing or serialising this gives nothing away (S10). */
  readonly revealKey: () => string;
}

export interface NewControlKey extends Pick<ControlKey, 'label' | 'capability' | 'revocableTokens'> {}

/** Each throws RotationError `unreachable` or `refused`. */
export interface ControlApi {
  listKeys(appId: string): Promise<readonly ControlKey[]>;
  /** Twice makes two. */
  createKey(appId: string, key: NewControlKey): Promise<ControlKey>;
  relabelKey(appId: string, keyId: string, label: string): Promise<void>;
  /** For good; ends every connection and token of it. A key that is not there any more is none to revoke. */
  revokeKey(appId: string, keyId: string): Promise<void>;
}

export interface SecretVersions {
  /** Of this secret and no other, so that two that rotate in one app never touch each other's keys. */
  readonly secretArn: string;
  /** Version to its labels: `AWSCURRENT`, `AWSPENDING`, `AWSPREVIOUS`. */
  readonly stages: ReadonlyMap<string, readonly string[]>;
  /** By the store's own clock: when anything about the secret was last changed. Absent: never. */
  readonly changedAtMs?: number;
  /** Regions whose replica does not have what is here. A function there is confirmed an old key, however long. */
  readonly laggingRegions: readonly string[];
}

/** Each throws RotationError `unreachable` or `refused`. */
export interface RotatingSecret {
  describe(): Promise<SecretVersions>;
  /** @throws RotationError `unusable` when what is there is no key */
  currentKey(): Promise<ApiKey>;
  /** `undefined` when there is none, or what is there is no key. */
  previousKey(): Promise<ApiKey | undefined>;
  /** `undefined` when nothing is stored under this version yet. */
  keyOf(version: string): Promise<ApiKey | undefined>;
  /**
   * Stores a key as AWSPENDING, in the form that the current value has. Twice with the same key is once.
   * @returns `other-stored` when another key is under this version already
   */
  storePending(version: string, key: string): Promise<'stored' | 'other-stored'>;
  /** Moves AWSCURRENT; the store then moves AWSPREVIOUS by itself. */
  makeCurrent(version: string, from: string | undefined): Promise<void>;
}

export interface KeyProbe {
  /** Signs something small with the key and has Ably accept it. @throws RotationError `unreachable` or `refused` */
  accepts(apiKey: ApiKey): Promise<void>;
}

/**
 * - `unreachable`: nobody answered, or not sensibly. The same step may be tried again.
 * - `refused`: it was answered that this may not be, or cannot be.
 * - `too-early`: the key before the current one may still be in use.
 * - `unusable`: what is stored is no key, or a key of which Ably knows nothing.
 */
export type RotationProblem = 'unreachable' | 'refused' | 'too-early' | 'unusable';

/** Its message is for the operator, and holds no secret (S10). */
export class RotationError extends Error {
  /** By what it carries: a driver may have been bundled with a copy of this class of its own. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'RotationError' && 'problem' in value;
  }

  readonly problem: RotationProblem;

  constructor(problem: RotationProblem, message: string) {
    super(message);
    this.name = 'RotationError';
    this.problem = problem;
  }
}
