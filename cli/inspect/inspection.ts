/** What is found out about one credential, and how it is told to people. Holds no token, no MAC and no secret (S10). */
import type { Terminal } from '../command.ts';

export type CredentialKind =
  | 'token-request'
  | 'token-details'
  | 'ably-jwt'
  | 'embedded-jwt'
  | 'ably-token'
  | 'foreign-jwt'
  | 'own-cookie'
  | 'api-key'
  | 'error';

export interface CredentialFinding {
  /** `error`: Ably or an SDK refuses it. `warning`: it is taken, and hardly meant. `note`: worth knowing. */
  readonly severity: 'error' | 'warning' | 'note';
  readonly finding: string;
  /** What to do. */
  readonly fix: string;
}

export interface Right {
  readonly resource: string;
  readonly operations: readonly string[];
  readonly means: string;
}

export interface Inspection {
  readonly kind: CredentialKind;
  /** `not checked`: nobody said what it is signed with. Absent: it has none that anybody but Ably could check. */
  readonly signature?: 'valid' | 'invalid' | 'not checked';
  readonly keyName?: string;
  /** `null`: of nobody in particular. Absent: it cannot be known here. */
  readonly clientId?: string | null;
  /** Milliseconds since the epoch. */
  readonly issuedAt?: number;
  readonly expiresAt?: number;
  readonly ttlMs?: number;
  readonly capability?: readonly Right[];
  /** Names of further claims; never their values. */
  readonly furtherClaims?: readonly string[];
  readonly findings: readonly CredentialFinding[];
  /** What it carries. */
  readonly inner?: Inspection;
}

/** Collects findings while a credential is read. */
export class Findings {
  readonly all: CredentialFinding[] = [];

  error(finding: string, fix: string): void {
    this.all.push({ severity: 'error', finding, fix });
  }
  warning(finding: string, fix: string): void {
    this.all.push({ severity: 'warning', finding, fix });
  }
  note(finding: string, fix: string): void {
    this.all.push({ severity: 'note', finding, fix });
  }
}

/** Whether it, or what it carries, would be refused. */
export function isRefused({ findings, inner }: Inspection): boolean {
  return findings.some(({ severity }) => severity === 'error') || (inner !== undefined && isRefused(inner));
}

const NAMES: Readonly<Record<CredentialKind, string>> = {
  'token-request': 'a TokenRequest: a client redeems it at Ably, once, for a token',
  'token-details': 'TokenDetails: a token of Ably, and what it is',
  'ably-jwt': 'an Ably JWT: Ably verifies it by the API key that signed it',
  'embedded-jwt': 'a JWT of your own with a credential for Ably in it',
  'ably-token': 'a token of Ably',
  'foreign-jwt': 'a JWT, and not for Ably',
  'own-cookie': 'a session, a guest or a grant of this endpoint, as its cookies and clients hold it',
  'api-key': 'an API key, whole',
  error: 'an error that the endpoint or Ably has answered',
};
const STYLES = { error: 'red', warning: 'yellow', note: 'cyan' } as const;
const SIGNATURES = { valid: 'green', invalid: 'red', 'not checked': 'yellow' } as const;

export function describeInspection(
  inspection: Inspection,
  nowMs: number,
  { paint }: Pick<Terminal, 'paint'>,
): readonly string[] {
  const { kind, signature, keyName, clientId, issuedAt, expiresAt, ttlMs, capability, findings, inner } = inspection;
  const row = (label: string, value: string | undefined): readonly string[] =>
    value === undefined ? [] : [`${paint('bold', label.padEnd(10))} ${printable(value)}`];
  return [
    ...row('is', NAMES[kind]),
    ...(signature ? [`${paint('bold', 'signature ')} ${paint(SIGNATURES[signature], signature)}`] : []),
    ...row('key', keyName),
    ...row('clientId', clientId === null ? 'none: an anonymous client' : clientId && JSON.stringify(clientId)),
    ...row('issued', issuedAt === undefined ? undefined : describeTime(issuedAt, nowMs)),
    ...row('expires', expiresAt === undefined ? undefined : describeTime(expiresAt, nowMs)),
    ...row('ttl', ttlMs === undefined ? undefined : `${ttlMs / 1000} s`),
    ...(capability ?? []).flatMap(({ resource, operations, means }, index) => [
      ...row(index === 0 ? 'allows' : '', `${JSON.stringify(resource)} (${means}): ${operations.join(', ')}`),
    ]),
    ...row('claims', inspection.furtherClaims?.length ? inspection.furtherClaims.join(', ') : undefined),
    ...findings.map(
      ({ severity, finding, fix }) => `${paint(STYLES[severity], severity)}: ${printable(`${finding}. ${fix}`)}`,
    ),
    ...(inner ? ['', ...describeInspection(inner, nowMs, { paint })] : []),
  ];
}

/** Whoever made the credential chose these texts, and a terminal obeys control characters. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, '\uFFFD');
}

function describeTime(timeMs: number, nowMs: number): string {
  const date = new Date(timeMs);
  if (Number.isNaN(date.getTime())) return String(timeMs);
  const away = describeSpan(Math.abs(timeMs - nowMs));
  return `${date.toISOString()}, ${timeMs <= nowMs ? `${away} ago` : `in ${away}`}`;
}

/** `90 s`, `4 min`, `3 h`, `12 d`. */
export function describeSpan(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}
