// What is drawn, the same for the same seed.
import { seededRandom } from "../../kpis/statistics.ts";

export interface Chance {
  below(most: number): number;
  pick<T>(all: readonly T[]): T;
  is(share: number): boolean;
}

export function chanceOf(seed: number): Chance {
  const random = seededRandom(seed);
  const below = (most: number) => Math.floor(random() * most);
  return {
    below,
    is: (share) => random() < share,
    pick: <T>(all: readonly T[]) => all[below(all.length)] as T,
  };
}
