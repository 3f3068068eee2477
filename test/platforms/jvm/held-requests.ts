/** Requests that an endpoint has and does not answer, by who sends them, until a test lets them go. */
export interface HeldRequests {
  /** From now on this subject's requests wait. */
  hold(subject: string): void;
  /** How many of them wait. */
  count(subject: string): number;
  release(subject: string): void;
  releaseAll(): void;
  /** Resolves at once for whoever is not held. */
  pass(subject: string): Promise<void>;
}

export function createHeldRequests(): HeldRequests {
  const waiting = new Map<string, (() => void)[]>();

  function release(subject: string): void {
    const goOn = waiting.get(subject) ?? [];
    waiting.delete(subject);
    for (const go of goOn) go();
  }

  return {
    hold: (subject) => void waiting.set(subject, []),
    count: (subject) => waiting.get(subject)?.length ?? 0,
    release,
    releaseAll: () => [...waiting.keys()].forEach(release),
    pass: (subject) =>
      new Promise((resolve) => {
        const others = waiting.get(subject);
        if (others === undefined) resolve();
        else others.push(resolve);
      }),
  };
}
