/**
 * What an instance notes of callers: a map that does not grow, however many come. Whoever has not been noted for the
 * longest makes room.
 */
const MAX_CALLERS = 10_000;
/** So many make room at once: to find its oldest, a map walks over the gaps that those before have left. */
const LEAVING = 1_000;

export interface RecentCallers<Noted> {
  get(key: string): Noted | undefined;
  note(key: string, noted: Noted): void;
}

export function recentCallers<Noted>(): RecentCallers<Noted> {
  const callers = new Map<string, Noted>();
  return {
    get: (key) => callers.get(key),
    note(key, noted) {
      callers.delete(key);
      callers.set(key, noted);
      if (callers.size <= MAX_CALLERS) return;
      for (const oldest of callers.keys()) {
        callers.delete(oldest);
        if (callers.size <= MAX_CALLERS - LEAVING) break;
      }
    },
  };
}
