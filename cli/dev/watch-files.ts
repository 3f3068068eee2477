/** Says when one of some files has changed, been replaced, or come into being. */
import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Editors write a file in several steps. */
const SETTLED_AFTER_MS = 50;

export interface FileWatch {
  /** From now on these, absolute. */
  follow(files: readonly string[]): void;
  close(): void;
}

/** @param onChange called once for what comes together, and again only when it has ended */
export function watchFiles(onChange: () => Promise<void>): FileWatch {
  const watchers = new Map<string, FSWatcher>();
  let followed: ReadonlySet<string> = new Set();
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const settle = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(onChange);
    }, SETTLED_AFTER_MS);
  };
  return Object.freeze({
    follow(files) {
      followed = new Set(files);
      const folders = new Set(files.map((file) => dirname(file)));
      for (const [folder, watcher] of watchers) {
        if (folders.has(folder)) continue;
        watcher.close();
        watchers.delete(folder);
      }
      // A folder, because many editors put another file in the place of the one that is watched.
      for (const folder of folders) {
        if (!watchers.has(folder))
          watchers.set(
            folder,
            watchFolder(folder, () => followed, settle),
          );
      }
    },
    close() {
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
    },
  } satisfies FileWatch);
}

function watchFolder(folder: string, followed: () => ReadonlySet<string>, settle: () => void): FSWatcher {
  return watch(folder, (_, name) => {
    const isOurs = [...followed()].some((file) => dirname(file) === folder && basename(file) === name);
    if (isOurs || name === null) settle();
  });
}
