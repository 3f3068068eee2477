/** Who may import whom: what keeps data flowing one way, and a cold start small. */
import { describe, expect, it } from 'vitest';
import { type Import, type SourceFile, sourceFiles } from './source-files.ts';

const files = sourceFiles();
const HOSTS = ['aws-lambda', 'vercel', 'netlify', 'node', 'fetch'];
/** What the build bundles, and what a project that installs the package imports. */
const COMPOSITION_ROOTS = ['entry.ts', 'revoke-entry.ts', 'rotation-entry.ts', 'library.ts'];
const DRIVERS = ['key-sources', 'stores', 'identity', 'ably', 'rate-limit', 'telemetry'];

function below(...folders: readonly string[]): readonly SourceFile[] {
  return files.filter(({ path }) => folders.some((folder) => path.startsWith(`${folder}/`)));
}

/** Every import that the rule does not allow, as `file -> import`. */
function offences(
  of: readonly SourceFile[],
  allowed: (imported: Import, file: SourceFile) => boolean,
): readonly string[] {
  return of.flatMap((file) =>
    file.imports.filter((imported) => !allowed(imported, file)).map(({ specifier }) => `${file.path} -> ${specifier}`),
  );
}

const isIn = (imported: Import, ...places: readonly string[]): boolean =>
  places.some((place) => imported.file === place || imported.file?.startsWith(`${place}/`) === true);

describe('the house', () => {
  it('is read at all', () => {
    expect(below('core').length).toBeGreaterThan(30);
    const endpoint = files.find(({ path }) => path === 'core/auth-endpoint.ts');
    expect(endpoint?.imports.map(({ specifier }) => specifier)).toContain('./identity/identify.ts');
  });

  it('core imports node:crypto, itself, and the types of ably', () => {
    const allowed = (imported: Import): boolean =>
      isIn(imported, 'core') ||
      imported.specifier === 'node:crypto' ||
      (imported.specifier === 'ably' && imported.typeOnly);
    expect(offences(below('core'), allowed)).toEqual([]);
  });

  it('core touches no process, console or network', () => {
    const touching = below('core').filter(({ text }) => {
      const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').replace(/'[^'\n]*'|`[^`]*`/g, "''");
      return /\b(process|console|globalThis|fetch|setInterval)\b\s*[.([]/.test(code);
    });
    expect(touching.map(({ path }) => path)).toEqual([]);
  });

  it.each(HOSTS)(
    'host %s imports core, its own folder, fetch/, what hosts read alike, and drivers only in its composition roots',
    (host) => {
      const folder = `adapters/${host}`;
      const shared = (imported: Import): boolean =>
        imported.file !== undefined && /^adapters\/message\//.test(imported.file);
      const allowed = (imported: Import, file: SourceFile): boolean =>
        isIn(imported, 'core', 'index.ts', folder, 'adapters/fetch') ||
        shared(imported) ||
        imported.specifier.startsWith('node:') ||
        (imported.file === undefined && imported.typeOnly) ||
        (COMPOSITION_ROOTS.some((root) => file.path === `${folder}/${root}`) &&
          isIn(imported, 'auth.config.ts', 'adapters/compose', ...DRIVERS.map((name) => `adapters/${name}`)));
      expect(offences(below(folder), allowed)).toEqual([]);
    },
  );

  it.each(DRIVERS)('driver folder %s imports core and itself, and loads SDKs on first use only', (driver) => {
    const folder = `adapters/${driver}`;
    // A file of that name holds what we use of an SDK, so that bundlers can leave out the rest.
    const isSdk = (path: string | undefined): boolean => path?.endsWith('-sdk.ts') === true;
    const allowed = (imported: Import, { path }: SourceFile): boolean =>
      isIn(imported, 'core', 'index.ts', folder)
        ? imported.dynamic || !isSdk(imported.file)
        : imported.specifier.startsWith('node:') || imported.typeOnly || imported.dynamic || isSdk(path);
    expect(offences(below(folder), allowed)).toEqual([]);
  });

  it('the client imports itself and the types of ably: it runs in browsers, Node and React Native', () => {
    const allowed = (imported: Import): boolean =>
      isIn(imported, 'client') || (imported.specifier === 'ably' && imported.typeOnly);
    expect(below('client').length).toBeGreaterThan(8);
    expect(offences(below('client'), allowed)).toEqual([]);
  });

  it('nothing but the demo page imports the client: it is the other end', () => {
    const allowed = (imported: Import, { path }: SourceFile): boolean =>
      !isIn(imported, 'client') || path.startsWith('client/') || path.startsWith('dev/page/');
    expect(offences(files, allowed)).toEqual([]);
  });

  it('the local Ably service shares nothing with core, so that they cannot be wrong together', () => {
    const allowed = (imported: Import): boolean => imported.file === undefined || isIn(imported, 'dev/ably-service');
    expect(offences(below('dev/ably-service'), allowed)).toEqual([]);
  });

  it('the command takes of the local server only an Ably and where it refuses to run: never its login', () => {
    const taken = ['dev/demo/ably.ts', 'dev/refuse-production.ts', 'dev/ably-service'];
    const allowed = (imported: Import): boolean => !isIn(imported, 'dev') || isIn(imported, ...taken);
    expect(offences([...below('cli'), ...files.filter(({ path }) => path === 'dev/demo/ably.ts')], allowed)).toEqual(
      [],
    );
  });

  it('nothing imports tests', () => {
    expect(offences(files, (imported) => !isIn(imported, 'test'))).toEqual([]);
  });

  it('imports run one way: no cycle among modules', () => {
    const graph = new Map(
      files.map(({ path, imports }) => [
        path,
        imports.filter(({ typeOnly }) => !typeOnly).map(({ file }) => file ?? ''),
      ]),
    );
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
      else if (!done.has(path)) {
        for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
        done.add(path);
      }
    };
    for (const path of graph.keys()) visit(path, []);
    expect(cycles).toEqual([]);
  });
});
