/** Ends like a function that is killed: before a call is made, or after it was made and before its answer is seen. */
export class Cut extends Error {}

type Method = (...args: unknown[]) => Promise<unknown>;

/** The real parts, of which one call, counted over all the named ones, is cut off. */
export function cutting<P extends object>(
  parts: P,
  at: number,
  when: 'before' | 'after',
  ports: readonly (keyof P)[],
): { parts: P; calls: () => number } {
  let calls = 0;
  const through =
    (method: Method): Method =>
    async (...args) => {
      calls += 1;
      const isCut = calls === at;
      if (isCut && when === 'before') throw new Cut();
      const answer = await method(...args);
      if (isCut) throw new Cut();
      return answer;
    };
  const cut = ports.map((name) => {
    const methods = Object.entries(parts[name] as Readonly<Record<string, Method>>);
    return [name, Object.fromEntries(methods.map(([method, call]) => [method, through(call)]))];
  });
  return { parts: { ...parts, ...Object.fromEntries(cut) }, calls: () => calls };
}
