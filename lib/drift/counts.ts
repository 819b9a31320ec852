// Facts with the numbers of the events each was counted from.
import { NAMED_EVENTS, NO_FACTS } from "./rules.ts";
import type { DriftFact, DriftFacts } from "./schema.ts";

export interface Counts {
  readonly facts: () => DriftFacts;
  /** By fact, the newest last. */
  readonly events: () => Readonly<Partial<Record<DriftFact, readonly number[]>>>;
  add(fact: DriftFact, seq: number, amount?: number): void;
  /** What is measured anew each time; the event counts as its reason where there is anything. */
  set(fact: DriftFact, seq: number, value: number): void;
  clear(fact: DriftFact): void;
  /** Grows with each change, so that nothing is scored again that is as it was. */
  readonly changes: () => number;
  /** Half of each, and the newer half of its events. */
  halve(facts: readonly DriftFact[]): void;
}

export function createCounts(): Counts {
  const counted: { -readonly [Name in DriftFact]: number } = { ...NO_FACTS };
  const behind = new Map<DriftFact, number[]>();
  let changes = 0;
  const known = (fact: DriftFact): number[] => behind.get(fact) ?? [];

  function rests(fact: DriftFact, seq: number): void {
    changes += 1;
    if (known(fact).at(-1) !== seq) behind.set(fact, [...known(fact), seq].slice(-NAMED_EVENTS));
  }
  function clear(fact: DriftFact): void {
    if (counted[fact] === 0) return;
    changes += 1;
    counted[fact] = 0;
    behind.delete(fact);
  }

  return {
    facts: () => counted,
    events: () => Object.fromEntries(behind),
    changes: () => changes,
    clear,
    add(fact, seq, amount = 1) {
      if (amount <= 0) return;
      counted[fact] += amount;
      rests(fact, seq);
    },
    set(fact, seq, value) {
      if (value === 0) clear(fact);
      else if (value !== counted[fact]) {
        counted[fact] = value;
        rests(fact, seq);
      }
    },
    halve(facts) {
      changes += 1;
      for (const fact of facts) {
        counted[fact] = Math.floor(counted[fact] / 2);
        const events = known(fact);
        if (counted[fact] === 0) behind.delete(fact);
        else behind.set(fact, events.slice(Math.floor(events.length / 2)));
      }
    },
  };
}
