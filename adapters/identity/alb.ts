/**
 * The source of callers whom an AWS Application Load Balancer signed in: the JWT in its header `x-amzn-oidc-data`.
 *
 * The signature alone says only that some load balancer of the region made it, of any AWS account: what binds it to ours
 * is `signer`, the ARN. The balancer acts on a cookie, so the header is ambient (S14).
 */
import type { ConfigProblem } from '../../core/config-problem.ts';
import type { IdentitySource } from '../../core/identity/identity.ts';
import { fillIn, type PresetOptions } from './provider-source.ts';
import { PROVIDERS } from './providers.ts';
import { ADDRESS_BOOK } from './safe-address.ts';
import { audienceList, createTokenSource, isText, optionProblems, tokenRules } from './token-source.ts';

export interface AlbOptions extends Omit<PresetOptions, 'from'> {
  /** ARN of the load balancer, or of several in one region. */
  readonly loadBalancerArn: string | readonly string[];
  /** The issuer of the identity provider behind it, as the listener's action has it. */
  readonly issuer: string;
  /** The client id that the listener's action has at that provider. */
  readonly clientId: string | readonly string[];
}

const ARN =
  /^arn:aws(?:-us-gov)?:elasticloadbalancing:([a-z]{2}(?:-[a-z]+)+-\d):\d{12}:loadbalancer\/app\/[\w-]+\/[0-9a-f]+$/;

export function alb(options: AlbOptions): IdentitySource {
  const { name = 'alb', issuer } = options;
  const signers = audienceList(options.loadBalancerArn);
  const clients = audienceList(options.clientId);
  const regions = [...new Set(signers.map((arn) => ARN.exec(arn)?.[1] ?? ''))];
  const { keys, algorithms } = PROVIDERS.alb;
  const rules = tokenRules(options, {
    algorithms,
    // In the header, where it is documented; looked at below.
    issuers: [],
    audiences: [],
    padded: true,
    // The balancer signs anew for each request; how long the session lasts is its cookie's.
    sessionEndsWithToken: options.sessionEndsWithToken ?? false,
    timesOf: (claims, header) => ({ ...claims, exp: header.exp ?? claims.exp }),
    refuse(claims, { signer, client, iss }) {
      if (typeof signer !== 'string' || !signers.includes(signer)) return 'another load balancer signed it (signer)';
      if (typeof client !== 'string' || !clients.includes(client)) return 'it is for another client (client)';
      return iss === issuer && (claims.iss ?? issuer) === issuer ? undefined : 'it is from another issuer (iss)';
    },
  });
  const base = fillIn(keys, { region: regions[0] ?? '', kid: '' }).replace(/\/$/, '');
  return createTokenSource({
    name,
    options: { ...options, from: { header: 'x-amzn-oidc-data' } },
    rules,
    problems: [...albProblems(signers, regions, clients, issuer), ...optionProblems(options, 'alb')],
    ambient: true,
    loadVerifier: async () => {
      const [{ createAlbKeys }, { createPublicKeyVerifier }] = await Promise.all([
        import('./alb-keys.ts'),
        import('./issuer-verifier.ts'),
      ]);
      return createPublicKeyVerifier(rules, name, createAlbKeys(base, options[ADDRESS_BOOK]));
    },
  });
}

function albProblems(
  signers: readonly string[],
  regions: readonly string[],
  clients: readonly string[],
  issuer: unknown,
): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (signers.length === 0 || regions.length !== 1 || regions[0] === '') {
    const problem = 'it has no ARN of an application load balancer, or ARNs of several regions';
    const fix = 'Write arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/name/0123456789abcdef';
    problems.push({ setting: 'alb({ loadBalancerArn })', problem, fix });
  }
  const fix = 'Write it as the listener’s authenticate action has it';
  if (clients.length === 0) problems.push({ setting: 'alb({ clientId })', problem: 'it is empty', fix });
  if (!isText(issuer)) problems.push({ setting: 'alb({ issuer })', problem: 'it is empty', fix });
  return problems;
}
