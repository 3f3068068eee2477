/** What the examples say, held against what is there: their READMEs, their manifests, and the numbers they go by. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAILURES } from '../../core/errors.ts';
import { ROOT } from '../house/source-files.ts';

const FOLDER = join(ROOT, 'examples');
const JAVASCRIPT = ['browser', 'nextjs', 'node', 'react-native'];

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const read = (...path: readonly string[]): string => readFileSync(join(...path), 'utf8');
const manifestOf = (folder: string): Manifest => JSON.parse(read(folder, 'package.json')) as Manifest;

function deadLinks(folder: string): readonly string[] {
  const links = [...read(folder, 'README.md').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => link ?? '');
  return links.filter((link) => !existsSync(join(folder, link)));
}

describe('examples/README.md', () => {
  it('leads to every example, and nowhere else', () => {
    const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const { name } of folders) expect(read(FOLDER, 'README.md')).toContain(`[${name}](${name}`);
    expect(deadLinks(FOLDER)).toEqual([]);
  });
});

describe.each(JAVASCRIPT)('the example %s', (name) => {
  const folder = join(FOLDER, name);
  const readme = read(folder, 'README.md');
  const manifest = manifestOf(folder);
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|tsx|js)$/.test(path) && !/node_modules|\.next/.test(path))
    .map((path) => read(folder, path));

  it('names commands and files that it has', () => {
    const commands = [...readme.matchAll(/^(?:.* )?npm (?:run )?(start|dev|build|check|android|ios)$/gm)].map(
      ([, name]) => name,
    );
    expect(commands.length).toBeGreaterThan(0);
    expect(commands.filter((command) => manifest.scripts[command ?? ''] === undefined)).toEqual([]);
    const files = [...readme.matchAll(/^\| (`.+?`) \|/gm)].flatMap(([, cell = '']) => cell.match(/[^`, ]+/g) ?? []);
    expect(files.length).toBeGreaterThan(1);
    expect(files.filter((file) => !existsSync(join(folder, file)))).toEqual([]);
    expect(deadLinks(folder)).toEqual([]);
  });

  it('depends on exact versions, and on the SDK that the tests run', () => {
    const { ably, 'ably-auth-functions': ours, ...others } = { ...manifest.dependencies, ...manifest.devDependencies };
    const installed = read(ROOT, 'node_modules/ably/package.json');
    expect(ably).toBe((JSON.parse(installed) as { readonly version: string }).version);
    const { version } = JSON.parse(read(ROOT, 'package.json')) as { readonly version: string };
    expect([undefined, `^${version}`]).toContain(ours);
    for (const wanted of Object.values(others)) expect(wanted).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('goes by the numbers that the endpoint answers with', () => {
    const known = new Set<number>(Object.values(FAILURES).map(({ code }) => code));
    const used = sources.flatMap((text) => text.match(/\b4\d{4}\b/g) ?? []);
    expect(used.filter((code) => !known.has(Number(code)))).toEqual([]);
    expect(sources.join()).toContain('/api/ably-auth');
  });
});

describe.each(['nextjs', 'react-native'])('the lane %s', (name) => {
  it('has the versions that the example names', () => {
    const lane = manifestOf(join(ROOT, 'test/platforms', name)).devDependencies;
    const { dependencies, devDependencies } = manifestOf(join(FOLDER, name));
    const example = { ...dependencies, ...devDependencies };
    const both = Object.keys(lane).filter((each) => each in example);
    expect(both).toContain('react');
    for (const each of both) expect([each, example[each]]).toEqual([each, lane[each]]);
  });
});

describe('the example nextjs', () => {
  it('names the key that the local Ably of npm start knows', () => {
    const [, name, secret] = /name: '([\w.]+)', secret: '([\w-]+)'/.exec(read(ROOT, 'dev/demo/ably.ts')) ?? [];
    expect(read(FOLDER, 'nextjs/.env.example')).toContain(`ABLY_API_KEY=${name}:${secret}\n`);
  });
});

describe('the examples', () => {
  it('are no part of the package, and no template deploys one', () => {
    const packed = execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json', '--silent'], { cwd: ROOT });
    const [{ files }] = JSON.parse(packed.toString()) as [{ readonly files: readonly { readonly path: string }[] }];
    expect(files.filter(({ path }) => path.startsWith('examples/'))).toEqual([]);
    const templates = readdirSync(join(ROOT, 'infra'), { recursive: true, encoding: 'utf8' });
    const settings = templates.filter(
      (path) => /\.(json|toml|ya?ml|cjs|tf)$/.test(path) && !path.includes('node_modules'),
    );
    expect(settings.length).toBeGreaterThan(10);
    const deploying = ['serverless.yml', ...settings.map((path) => join('infra', path))];
    expect(deploying.filter((path) => /\bexamples\//.test(read(ROOT, path)))).toEqual([]);
  });
});
