// Which stage may run when. Pure of what the stages do.

export interface Placed {
  /** Stages whose end it waits for, however they ended. */
  readonly after: readonly string[];
}

/**
 * Runs what is asked for, side by side where nothing has to be waited for. One that is not asked for is over as soon as
 * those it comes after. Results in the order of `stages`.
 */
export async function runInOrder<S extends Placed, T>(
  stages: Readonly<Record<string, S>>,
  isAsked: (name: string) => boolean,
  run: (name: string, stage: S) => Promise<T>,
): Promise<T[]> {
  const begun = new Map<string, Promise<T | null>>();
  for (const [name, stage] of Object.entries(stages)) {
    const below = stage.after.find((other) => !begun.has(other));
    if (below !== undefined) throw new Error(`${name} comes after ${below}, which does not stand above it.`);
    const before = Promise.all(stage.after.map((other) => begun.get(other)));
    begun.set(
      name,
      before.then(() => (isAsked(name) ? run(name, stage) : null)),
    );
  }
  return (await Promise.all(begun.values())).filter((result) => result !== null);
}
