/**
 * Decides what an error of an AWS client, or the name of one in an answer, means for the operator.
 *
 * By name and code only. The text of an error is never repeated and the error never becomes a `cause`: of an answer
 * that is not JSON the text quotes the beginning, and a hidden field holds the whole exchange with the credentials of
 * the function (S10).
 */
import { KeySourceError, type KeySourceFailure } from '../../core/keys/key-source.ts';
import type { AwsPlace } from './aws-place.ts';

type Sentence = (place: AwsPlace) => string;

interface Meaning {
  readonly failure: KeySourceFailure;
  readonly message: Sentence;
  readonly remediation: Sentence;
  readonly names: readonly string[];
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html and its SSM sibling. */
const MEANINGS: readonly Meaning[] = [
  {
    failure: 'not-found',
    message: ({ service, noun, setting }) => `${service} has no ${noun} of the name in ${setting}.`,
    remediation: ({ noun, setting }) =>
      `Set ${setting} to the name or ARN of an existing ${noun} in the function's own region (AWS_REGION).`,
    names: ['ResourceNotFoundException', 'ParameterNotFound', 'ParameterVersionNotFound'],
  },
  {
    failure: 'not-found',
    message: ({ noun, setting }) => `The ${noun} that ${setting} names is marked for deletion.`,
    remediation: ({ noun, setting }) => `Restore the ${noun}, or name another one in ${setting}.`,
    names: ['InvalidRequestException'],
  },
  {
    failure: 'not-found',
    message: ({ service, setting }) => `${service} does not accept the value of ${setting} as a name.`,
    remediation: ({ noun, setting }) => `Set ${setting} to the name or ARN of the ${noun}, and not to the key itself.`,
    names: ['InvalidParameterException', 'ValidationException', 'ValidationError'],
  },
  {
    failure: 'not-allowed',
    message: ({ noun, setting }) => `This function may not read the ${noun} that ${setting} names.`,
    remediation: ({ action, noun }) =>
      `Allow ${action} on the ARN of exactly this ${noun} to the role of the function, and check that the name is right.`,
    names: ['AccessDeniedException', 'AccessDenied', 'UnauthorizedOperation'],
  },
  {
    failure: 'not-allowed',
    message: ({ noun, setting }) => `The ${noun} that ${setting} names cannot be decrypted by this function.`,
    remediation: () =>
      'Allow kms:Decrypt on its KMS key to the role of the function, and check that the key is enabled.',
    names: ['DecryptionFailure', 'InvalidKeyId', 'KMSAccessDeniedException', 'KMSDisabledException'],
  },
  {
    failure: 'not-allowed',
    message: ({ service }) => `${service} does not accept the AWS credentials of this function.`,
    remediation: () => 'Check the role or the credentials that it runs with, and its clock.',
    names: [
      'UnrecognizedClientException',
      'InvalidClientTokenId',
      'InvalidSignatureException',
      'SignatureDoesNotMatch',
      'IncompleteSignature',
      'MissingAuthenticationToken',
      'ExpiredToken',
      'ExpiredTokenException',
      'InvalidIdentityToken',
    ],
  },
  {
    failure: 'unreachable',
    message: ({ service }) => `No AWS credentials to ask ${service} with.`,
    remediation: () => 'Give the function a role, or credentials; outside AWS, also set AWS_REGION.',
    names: ['CredentialsProviderError', 'TokenProviderError'],
  },
  {
    failure: 'unreachable',
    message: ({ service }) => `${service} did not answer in time.`,
    remediation: ({ service }) => `Check the path to ${service}: in a VPC, its interface endpoint and security group.`,
    names: ['TimeoutError', 'RequestTimeout', 'AbortError', 'ETIMEDOUT'],
  },
  {
    failure: 'unreachable',
    message: ({ service }) => `${service} answers that it is asked too often.`,
    remediation: ({ service }) => `Look for what else calls ${service} in this account and region.`,
    names: ['ThrottlingException', 'Throttling', 'TooManyRequestsException', 'RequestLimitExceeded', 'SlowDown'],
  },
];

/** @param error anything that an AWS client threw */
export function explainAwsError(error: unknown, place: AwsPlace): KeySourceError {
  if (error instanceof KeySourceError) return error;
  for (const name of [propertyOf(error, 'name'), propertyOf(error, 'code')]) {
    const known = explainAwsErrorName(name, place);
    if (known !== undefined) return known;
  }
  const { service } = place;
  return new KeySourceError(
    'unreachable',
    place.setting,
    `${service} could not be asked (${harmlessNameOf(error)}).`,
    `Check AWS_REGION and the path from the function to ${service}.`,
  );
}

export function hasAwsErrorName(error: unknown, name: string): boolean {
  return propertyOf(error, 'name') === name;
}

/** `undefined` for a name that says nothing to us. */
export function explainAwsErrorName(name: unknown, place: AwsPlace): KeySourceError | undefined {
  const meaning = MEANINGS.find(({ names }) => names.some((known) => known === name));
  if (meaning === undefined) return undefined;
  return new KeySourceError(meaning.failure, place.setting, meaning.message(place), meaning.remediation(place));
}

/** The first error name of the table above that a text contains; a way in for answers that wrap one in prose. */
export function knownAwsErrorNameIn(text: string): string | undefined {
  const words = new Set(text.match(/[A-Za-z]+/g));
  return MEANINGS.flatMap(({ names }) => names).find((name) => words.has(name));
}

/** Names come over the wire as well, so only what looks like the name of an error is repeated. */
function harmlessNameOf(error: unknown): string {
  const candidates = [propertyOf(error, 'code'), propertyOf(error, 'name')];
  const looksLikeOne = /^(?:E[A-Z]{3,20}|ERR_[A-Z_]{3,40}|[A-Z][A-Za-z]{0,40}(?:Error|Exception|Failure|Fault)|Error)$/;
  return candidates.find((name): name is string => typeof name === 'string' && looksLikeOne.test(name)) ?? 'no name';
}

function propertyOf(error: unknown, property: 'name' | 'code'): unknown {
  return typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[property] : undefined;
}
