/** What cutting somebody off is made of, as the package offers it beside the hosts; each is documented where it is made. */
export type { Revocations } from '../../core/revocation/create-revocations.ts';
export type { Person } from '../../core/revocation/people.ts';
export type { RevokeTarget, TokenTarget } from '../../core/revocation/plan-target.ts';
export type { TargetResult } from '../../core/revocation/revocations.ts';
