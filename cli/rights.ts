/** `rights`: prints the least capability that the API key needs for a config, as Ably's dashboard and Control API take it. */
import { canonicalCapability } from '../core/capability/canonical.ts';
import type { Capability } from '../core/capability/capability.ts';
import { checkConfig, withPlaceholders } from '../core/check-config.ts';
import { keyRights } from '../core/policy/key-rights.ts';
import { CannotRun, defineCommand, type ExitCode } from './command.ts';
import { CONFIG_FILE, readConfig } from './read-config.ts';
import { readEnvironment } from './read-environment.ts';

export const rights = defineCommand({
  about:
    'The least that the API key must be able to do: all that the rules may grant and clients may ask for. Ably cuts every token to what its key may do, so give the key this and no more. Needs no secret and asks no function of the policy.',
  operands: [{ name: CONFIG_FILE.value, about: CONFIG_FILE.about }],
  options: { env: { value: 'FILE', about: 'settings to read the config with, over those of this shell' } },
  more: 'Prints one JSON object, resource to operations.\nExit code: 0; 1 when the config is wrong, which lint says more about; 2 when it could not be looked at.',
  async run({ values, operands }, terminal): Promise<ExitCode> {
    const env = withPlaceholders(await readEnvironment(values.env, terminal));
    const { file, definition, problems } = await readConfig(operands[0], terminal.folder, env);
    const check = checkConfig(definition, env);
    if (check.unchecked) throw new CannotRun(`${file}: ${check.unchecked}. Give it what it reads, with --env.`);
    if (problems.length + check.problems.length > 0) {
      terminal.note(`${file} has mistakes: see ably-auth-functions lint.`);
      return 1;
    }
    terminal.print(onePerLine(keyRights(definition.build(env))));
    return 0;
  },
});

/** JSON that people read: a line for each resource. */
function onePerLine(capability: Capability): string {
  const entries = Object.entries(JSON.parse(canonicalCapability(capability)) as Record<string, readonly string[]>);
  const lines = entries.map(([resource, operations]) => `  ${JSON.stringify(resource)}: ${JSON.stringify(operations)}`);
  return `{\n${lines.join(',\n')}\n}`;
}
