/** `init`: the two or three files with which a project has the endpoint, and what to do next. Overwrites nothing unasked. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CannotRun, defineCommand, type ExitCode, type Values as Given, type Terminal } from './command.ts';
import { isOwnSecret } from './init/config-text.ts';
import { IDENTITIES, type IdentityChoice, type Values } from './init/identities.ts';
import { type PlannedFile, type Project, planFiles, readProject, recognizePlatform, testCommand } from './init/plan.ts';
import { PLATFORMS } from './init/platforms.ts';
import { openQuestions, type Questions } from './init/questions.ts';

const OPTIONS = {
  platform: { value: 'PLATFORM', choices: Object.keys(PLATFORMS), about: 'where the function runs' },
  identity: { value: 'SOURCE', choices: Object.keys(IDENTITIES), about: 'how callers are known' },
  issuer: { value: 'URL', about: 'for --identity oidc and shared-secret: who signs their tokens' },
  audience: { value: 'TEXT', about: 'for those, and most providers: whom the tokens are for' },
  set: {
    value: 'NAME=VALUE',
    repeats: true,
    about: 'what else the source must be told, --set domain=tenant.eu.auth0.com',
  },
  yes: { about: 'asks nothing: the platform that the folder shows, or else Node, and our session cookie' },
  force: { about: 'overwrites files that are in the way' },
  'dry-run': { about: 'writes nothing, and says what would be' },
  json: { about: '{platform, identity, written, files: [{path, state}], next}; asks nothing' },
} as const;

export const init = defineCommand({
  about:
    'Writes the files with which a project has the endpoint: the function, auth.config.ts, a test of the policy and an example of the settings. A folder without package.json becomes a project. Asks what it is not told.',
  options: OPTIONS,
  more: [
    'A file that is there and says something else is overwritten when you say so, or with --force; where nobody can be asked, nothing is written.',
    'Exit code: 0; 2 when something is missing, or files are in the way.',
  ].join('\n'),
  async run({ values }, terminal): Promise<ExitCode> {
    const project = await readProject(terminal.folder);
    const questions = terminal.isInteractive && !values.yes && !values.json ? await openQuestions() : undefined;
    const platform = await choosePlatform(values, project, questions);
    const identity = await chooseIdentity(values, questions);
    const choice = identityOf(identity);
    const told = await fillIn(choice, identity, values, questions);
    const files = await planFiles(project, platformOf(platform), choice, told);
    const chosen = await resolveConflicts(files, values, questions);
    const isDry = values['dry-run'] === true;
    if (!isDry) await writeFiles(chosen, terminal);
    const next = nextSteps(project, platform, choice);
    if (values.json) {
      const shown = files.map(({ path, state }) => ({ path, state }));
      terminal.print(JSON.stringify({ platform, identity, written: !isDry, files: shown, next }, undefined, 2));
    } else {
      terminal.print(describeFiles(files, chosen, isDry, terminal).join('\n'));
      terminal.print(
        ['', terminal.paint('bold', 'Next'), ...next.map((step, index) => `  ${index + 1}. ${step}`)].join('\n'),
      );
    }
    return 0;
  },
});

type Asked = Given<typeof OPTIONS>;

async function choosePlatform(values: Asked, project: Project, questions: Questions | undefined): Promise<string> {
  if (values.platform !== undefined) return values.platform;
  const known = await recognizePlatform(project);
  if (questions) return questions.choose('Where will the function run?', PLATFORMS, known);
  if (values.yes) return known ?? 'node';
  throw new CannotRun(`Nobody can be asked. Say --platform ${Object.keys(PLATFORMS).join(' | ')}, or --yes.`);
}

async function chooseIdentity(values: Asked, questions: Questions | undefined): Promise<string> {
  if (values.identity !== undefined) return values.identity;
  if (values.issuer !== undefined) return 'oidc';
  if (questions) return questions.choose('How are callers known?', IDENTITIES);
  if (values.yes) return 'session';
  throw new CannotRun(`Nobody can be asked. Say --identity ${Object.keys(IDENTITIES).join(' | ')}, or --yes.`);
}

/** What the source must be told, from the options, and the rest from whoever can be asked. */
async function fillIn(
  { asks }: IdentityChoice,
  identity: string,
  { issuer, audience, set = [] }: Asked,
  questions: Questions | undefined,
): Promise<Values> {
  const given = new Map<string, string>();
  if (issuer !== undefined) given.set('issuer', issuer);
  if (audience !== undefined) given.set('audience', audience);
  for (const pair of set) {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new CannotRun('--set is NAME=VALUE.');
    given.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  const names = asks.map(({ name }) => name);
  if ([...given.keys()].some((name) => !names.includes(name))) {
    throw new CannotRun(`${identity} is told ${names.length > 0 ? names.join(', ') : 'nothing'}, and nothing else.`);
  }
  const missing = asks.filter(({ name }) => !given.get(name)?.trim());
  if (questions) {
    for (const ask of missing) given.set(ask.name, await questions.fill(ask));
  } else if (missing.length > 0) {
    const wanted = missing.map(({ name, example }) => `--set ${name}=… (such as ${example})`);
    throw new CannotRun(`${identity} must be told: ${wanted.join(', ')}.`);
  }
  return Object.fromEntries(given);
}

/** Those that are written. @throws CannotRun when some are in the way, and nobody can be asked */
async function resolveConflicts(
  files: readonly PlannedFile[],
  { force }: Asked,
  questions: Questions | undefined,
): Promise<readonly PlannedFile[]> {
  const conflicts = files.filter(({ state }) => state === 'in the way');
  const overwritten = new Set<PlannedFile>();
  for (const file of force || questions ? conflicts : []) {
    if (force || (await questions?.confirm(`${file.path} is there and says something else. Overwrite it?`))) {
      overwritten.add(file);
    }
  }
  if (!force && !questions && conflicts.length > 0) {
    const names = conflicts.map(({ path }) => path).join(', ');
    throw new CannotRun(`In the way: ${names}. Nothing was written; --force overwrites.`);
  }
  return files.filter((file) => file.state === 'new' || overwritten.has(file));
}

async function writeFiles(files: readonly PlannedFile[], { folder }: Terminal): Promise<void> {
  for (const { path, text } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

function describeFiles(
  files: readonly PlannedFile[],
  chosen: readonly PlannedFile[],
  isDry: boolean,
  { paint }: Terminal,
): readonly string[] {
  return files.map((file) => {
    const label = chosen.includes(file)
      ? file.state === 'new'
        ? 'new'
        : 'overwritten'
      : file.state === 'same'
        ? 'same'
        : 'kept';
    const style = label === 'new' ? 'green' : label === 'overwritten' ? 'yellow' : 'dim';
    return `${paint(style, label.padEnd(11))} ${file.path}${isDry && chosen.includes(file) ? ' (not written)' : ''}`;
  });
}

function nextSteps(project: Project, platform: string, { secret }: IdentityChoice): readonly string[] {
  const { next, project: brought } = platformOf(platform);
  const adding = ['ably-auth-functions', 'ably'].filter((name) => !project.dependencies.has(name));
  const tools = ['vitest', 'tsx'].some((name) => project.dependencies.has(name)) ? [] : ['npm install --save-dev tsx'];
  const install = adding.length > 0 ? [`npm install ${adding.join(' ')}`] : [];
  return [
    ...(project.isEmpty && brought.length === 0 ? [`Put these files into a project of ${platform}`] : []),
    ...(project.isEmpty && brought.length > 0 ? ['npm install'] : [...install, ...tools]),
    `Say in auth.config.ts who may do what; npx ably-auth-functions lint${isOwnSecret(secret) ? ' --env .env' : ''} finds mistakes`,
    `Test it: ${testCommand(project)}`,
    'Try it here: npx ably-auth-functions dev',
    ...next,
    "Point the client at it: new Ably.Realtime({ authUrl: '/api/ably-auth' })",
  ];
}

function platformOf(name: string) {
  const found = PLATFORMS[name];
  if (!found) throw new CannotRun('--platform is not known.');
  return found;
}

function identityOf(name: string): IdentityChoice {
  const found = IDENTITIES[name];
  if (!found) throw new CannotRun('--identity is not known.');
  return found;
}
