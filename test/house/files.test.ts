/** What a newcomer relies on: small files that say what they decide, and no drawer for odds and ends. */
import { describe, expect, it } from 'vitest';
import { sourceFiles } from './source-files.ts';

const files = sourceFiles();

describe('a source file', () => {
  it('has about 200 lines at most', () => {
    const long = files
      .map(({ path, text }) => ({ path, lines: text.split('\n').length }))
      .filter(({ lines }) => lines > 220);
    expect(long).toEqual([]);
  });

  it('opens by saying what it decides', () => {
    const silent = files.filter(({ text }) => !/^(#!.*\n)?(\/\/\/.*\n)*\/\*\*/.test(text)).map(({ path }) => path);
    expect(silent).toEqual([]);
  });

  it('is not named for being a drawer', () => {
    const drawers = files.filter(({ path }) =>
      /(^|\/)(utils?|helpers?|common|misc|manager|shared)(\.ts$|\/)/.test(path),
    );
    expect(drawers.map(({ path }) => path)).toEqual([]);
  });

  it('leaves no note for later without saying where it is followed', () => {
    const notes = files.filter(({ text }) => /\b(TODO|FIXME|XXX|HACK)\b/.test(text)).map(({ path }) => path);
    expect(notes).toEqual([]);
  });

  it('has no handler logic beyond 40 lines in a host', () => {
    const handlers = files.filter(({ path }) => /^adapters\/[^/]+\/handler\.ts$/.test(path));
    const logic = handlers.map(({ path, text }) => {
      const code = text.replace(/\/\*[\s\S]*?\*\//g, '').split('\n');
      return {
        path,
        lines: code.filter((line) => line.trim() !== '' && !/^\s*(\/\/|import\b|export type|\} from)/.test(line))
          .length,
      };
    });
    expect(logic.length).toBeGreaterThan(0);
    expect(logic.filter(({ lines }) => lines > 60)).toEqual([]);
  });
});
