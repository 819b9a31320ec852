// How long each step of a round took, for who asks why one was slow.
export interface Steps {
  time<T>(step: string, work: () => Promise<T>): Promise<T>;
  /** Milliseconds by step, in the order they were taken first. */
  spent(): Record<string, number>;
}

export function timeSteps(now: () => number): Steps {
  const spent = new Map<string, number>();
  return {
    async time(step, work) {
      const began = now();
      try {
        return await work();
      } finally {
        spent.set(step, (spent.get(step) ?? 0) + now() - began);
      }
    },
    spent: () => Object.fromEntries(spent),
  };
}
