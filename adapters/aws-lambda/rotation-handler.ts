/**
 * The rotation function's front door: which of its three callers an event comes from, and what is done for it. Secrets
 * Manager sends one step of a rotation, a schedule has keys retired, an operator names a key that leaked.
 *
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html
 */
import { RotationError } from '../../core/rotation/ports.ts';
import { replaceLeaked, whoIsDisconnected } from '../../core/rotation/replace-leaked.ts';
import {
  createStep,
  finishStep,
  type RotationParts,
  retireStep,
  setStep,
  testStep,
} from '../../core/rotation/rotate-secret.ts';

export interface RotationHandlerOptions {
  /** One line for the log, without a secret. */
  readonly onDone: (level: 'info' | 'warn', message: string) => void;
}

/** What it returns is what whoever invoked it by hand is shown. */
export type RotationHandler = (event: unknown) => Promise<{ readonly done: readonly string[] }>;

const STEPS = { createSecret: createStep, setSecret: setStep, testSecret: testStep, finishSecret: finishStep } as const;

/** @param parts made by the first event: nothing is read while a function starts (S11) */
export function createRotationHandler(parts: () => RotationParts, { onDone }: RotationHandlerOptions): RotationHandler {
  return async (event) => {
    try {
      const done = await perform(parts(), (event ?? {}) as Readonly<Record<string, unknown>>);
      for (const message of done) onDone('info', message);
      return { done };
    } catch (error) {
      // Lambda prints what a function throws, with its stack: of an error that is not ours, only the kind is known to be
      // harmless (S10). Secrets Manager tries again.
      const kind = error instanceof Error ? error.constructor.name : typeof error;
      const told = error instanceof RotationError ? error : new RotationError('unreachable', `It failed (${kind}).`);
      onDone('warn', `${told.problem}: ${told.message}`);
      throw told;
    }
  };
}

async function perform(parts: RotationParts, event: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const { Step: step, ClientRequestToken: version, leaked } = event;
  if (typeof step === 'string' && typeof version === 'string') {
    if (!Object.hasOwn(STEPS, step)) throw new RotationError('refused', 'There is no such step.');
    await checkSecret(parts, event.SecretId);
    await STEPS[step as keyof typeof STEPS](parts, version);
    return [`${step} is done.`];
  }
  if (typeof leaked === 'string') {
    const { revoked, current } = await replaceLeaked(parts, leaked);
    return [`${revoked} is revoked, for good. ${current} signs now.`, ...whoIsDisconnected(revoked)];
  }
  if (event.retire === true || event['detail-type'] === 'Scheduled Event') {
    const retired = await retireStep(parts);
    return retired.map(({ keyName, did, retireAfterMs }) => {
      const until = retireAfterMs === undefined ? '' : `, to be retired after ${new Date(retireAfterMs).toISOString()}`;
      return `${keyName}: ${did}${did === 'revoked' ? '' : until}.`;
    });
  }
  throw new RotationError(
    'refused',
    'The event is neither a rotation step, nor {"retire":true}, nor {"leaked":"appId.keyId"}.',
  );
}

/** A function that two secrets name as theirs would rotate the one of its settings for both. */
async function checkSecret({ secret }: RotationParts, secretId: unknown): Promise<void> {
  const { secretArn } = await secret.describe();
  if (secretId === secretArn) return;
  throw new RotationError('refused', 'The event is about another secret than ABLY_API_KEY_SECRET_ID names.');
}
