/**
 * What the client holds between requests, where the endpoint wants it held here: the list of what it asked for, or the
 * signed grant, and who a guest is. Kept in memory; with a storage it survives a restart. None of it is a right: the
 * endpoint checks the list again, and the seals of the others.
 */
import type { Answer } from './read-answer.ts';

export type Holds = 'nothing' | 'resources' | 'grant';

/** Where one text is kept: `localStorage`, AsyncStorage, a file. What it throws counts as nothing kept. */
export interface AuthStorage {
  load(): string | null | undefined | Promise<string | null | undefined>;
  /** An empty text: nothing is held any more. */
  save(text: string): void | Promise<void>;
}

export interface HeldOptions {
  readonly holds: Holds;
  readonly guest: boolean;
  readonly storage: AuthStorage | undefined;
}

export interface Held {
  load(): Promise<void>;
  /** What the next request asks for: this, and what is held; the newest first. */
  resourcesWith(wanted: readonly string[]): readonly string[];
  headers(): Readonly<Record<string, string>>;
  /** Takes over what an answer with a credential says about what was asked. */
  learn(answer: Answer, asked: readonly string[]): void;
  /** The endpoint does not know this guest, or nobody is signed in: ask for a new one. */
  forgetGuest(): void;
  /** Resolves when the storage has been told. */
  forget(): Promise<void>;
}

interface Kept {
  readonly resources?: readonly string[];
  readonly grant?: string;
  readonly guest?: string;
}

/** The most that the endpoint reads of one request; the oldest fall out. */
export const MAX_RESOURCES = 100;

/** In both headers, from a client that has none yet. */
const NONE = 'new';

export function createHeld({ holds, guest, storage }: HeldOptions): Held {
  let kept: Kept = {};
  let loading: Promise<void> | undefined;
  let saving: Promise<void> = Promise.resolve();

  /** One after the other, so that a slow one never undoes a later one. No answer waits for it. */
  function keep(next: Kept): void {
    const before = JSON.stringify(kept);
    kept = next;
    const text = JSON.stringify(kept);
    if (text === before) return;
    // What it fails with: full, or not allowed here. Then it is held until the app ends.
    saving = saving.then(() => storage?.save(text === '{}' ? '' : text)).catch(() => undefined);
  }

  return {
    load() {
      loading ??= read(storage).then((found) => {
        kept = found;
      });
      return loading;
    },
    resourcesWith(wanted) {
      const held = holds === 'resources' ? (kept.resources ?? []) : [];
      return [...new Set([...wanted, ...held])].slice(0, MAX_RESOURCES);
    },
    headers: () => ({
      ...(holds === 'grant' && { 'X-Ably-Auth-Grant': kept.grant ?? NONE }),
      ...(guest && { 'X-Ably-Auth-Guest': kept.guest ?? NONE }),
    }),
    learn(answer, asked) {
      const resources = asked.filter((name) => !answer.refused.includes(name));
      const { grant = kept.grant, guest: known = kept.guest } = answer;
      keep({
        ...(holds === 'resources' && resources.length > 0 && { resources }),
        // The endpoint says `new` where there is nothing to hold any more.
        ...(holds === 'grant' && grant !== undefined && grant !== NONE && { grant }),
        ...(guest && known !== undefined && { guest: known }),
      });
    },
    forgetGuest() {
      const { guest: _, ...rest } = kept;
      keep(rest);
    },
    async forget() {
      keep({});
      await saving;
    },
  };
}

async function read(storage: AuthStorage | undefined): Promise<Kept> {
  try {
    const value: unknown = JSON.parse((await storage?.load()) || '{}');
    if (typeof value !== 'object' || value === null) return {};
    const { resources, grant, guest } = value as { readonly [name in keyof Kept]?: unknown };
    return {
      ...(Array.isArray(resources) && { resources: resources.filter((name) => typeof name === 'string') }),
      ...(typeof grant === 'string' && { grant }),
      ...(typeof guest === 'string' && { guest }),
    };
  } catch {
    return {};
  }
}
