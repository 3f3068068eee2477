/** `revoke`: cuts somebody off, by the deployed endpoint that revokes or with the project's own key and store. */
import { CannotRun, defineCommand, type ExitCode, type Terminal } from './command.ts';
import { isLoopback } from './doctor/loopback.ts';
import { readConfig } from './read-config.ts';
import { readEnvironment } from './read-environment.ts';
import { revokeDirectly } from './revoke/directly.ts';
import { ORDER_OPTIONS, readOrder } from './revoke/order.ts';
import { type Answered, type AnsweredResult, revokeThroughEndpoint } from './revoke/through-endpoint.ts';

export const revoke = defineCommand({
  about:
    'Revokes what somebody holds, so that Ably disconnects them, and with --ban or --sign-out refuses them from then on. Asks the deployed endpoint that revokes; without --url it uses the config, the key and the store of this project.',
  operands: [{ name: 'TARGET', about: 'clientId:bob, revocationKey:team-7, or channel:room:*' }],
  options: {
    ...ORDER_OPTIONS,
    url: { value: 'URL', about: 'https://app.example/api/ably-auth-revoke' },
    'bearer-env': { value: 'NAME', about: 'the variable that holds your credential as an operator (with --url)' },
    config: { value: 'FILE', about: 'without --url: auth.config.ts (default), .js, or a policy as .json' },
    env: { value: 'FILE', about: 'settings over those of this shell: the credential, or the key and the store' },
    json: { about: 'a list of {target, ok, gate, bannedUntil, revoked, message}' },
  },
  more: [
    'Only tokens of a key with revocable tokens can be revoked, and only a store that all instances share remembers a ban (node_modules/ably-auth-functions/docs/revocation.md). No credential is ever an argument.',
    'Exit code: 0; 1 when it was refused, or not all of it was done; 2 when it was not tried.',
  ].join('\n'),
  async run({ values, operands }, terminal): Promise<ExitCode> {
    const order = readOrder(operands[0], values);
    const env = await readEnvironment(values.env, terminal);
    let answered: Answered;
    if (values.url !== undefined) {
      const url = readUrl(values.url);
      const bearer = env[values['bearer-env'] ?? '']?.trim();
      // The name is not repeated: whoever mistook the option wrote the credential itself.
      if (!bearer)
        throw new CannotRun(
          '--bearer-env names the variable that holds your credential; there is none, or it is empty.',
        );
      terminal.progress('asking the endpoint …');
      answered = await revokeThroughEndpoint(url, bearer, order);
      terminal.progress(undefined);
    } else {
      const { definition, problems } = await readConfig(values.config, terminal.folder, env);
      if (problems.length > 0) throw new CannotRun('The policy is wrong: ably-auth-functions lint says what.');
      answered = { kind: 'answered', results: await revokeDirectly(definition, env, order) };
    }
    if (answered.kind === 'failed') {
      terminal.note(answered.why);
      return 1;
    }
    const { results } = answered;
    if (values.json) terminal.print(JSON.stringify(results, undefined, 2));
    else for (const result of results) terminal.print(describeResult(result, terminal));
    return results.every(({ ok }) => ok) ? 0 : 1;
  },
});

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new CannotRun('--url is no address of an endpoint.');
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new CannotRun('A credential is not sent over plain HTTP to another machine.');
  }
  return url.href;
}

function describeResult(
  { target, ok, gate, bannedUntil, revoked, message }: AnsweredResult,
  { paint }: Terminal,
): string {
  const until = bannedUntil === undefined ? '' : ` until ${new Date(bannedUntil).toISOString()}`;
  const under = revoked.map(({ keyName = 'a key', error }) =>
    error ? `not under ${keyName}: ${error.message}` : `revoked under ${keyName}`,
  );
  const parts = [...(gate ? [`${gate}${until}`] : []), ...under, ...(message ? [message] : [])];
  // A terminal obeys control characters, and the endpoint may be anybody's.
  const text = `${target}: ${parts.join('; ')}`.replace(/\p{Cc}/gu, '\uFFFD');
  return `${ok ? paint('green', 'done') : paint('red', 'not done')} ${text}`;
}
