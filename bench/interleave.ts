// Takes turns: one sample of each contestant per round, each round beginning with the next one, so that whatever
// else the machine does meets all of them alike.

/** One sample, in milliseconds. */
export type Sampler = () => Promise<number>;

export interface Rounds {
  readonly rounds: number;
  /** Rounds that are played and not counted: caches, connections, compiled code. */
  readonly warmUp: number;
  /** No further round is begun once this is true. */
  readonly isOver?: () => boolean;
}

/** Samples by contestant. Throws when time was over before the first counted round. */
export async function interleave<K extends string>(
  contestants: Readonly<Record<K, Sampler>>,
  { rounds, warmUp, isOver = () => false }: Rounds,
): Promise<Record<K, number[]>> {
  const names = Object.keys(contestants) as K[];
  const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<K, number[]>;
  for (let round = 0; round < warmUp + rounds && !isOver(); round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length];
      if (name === undefined) continue;
      const sample = await contestants[name]();
      if (round >= warmUp) samples[name].push(sample);
    }
  }
  if (names.some((name) => samples[name].length === 0))
    throw new Error(`There was no time for a single counted round of ${names.join(", ")}.`);
  return samples;
}
