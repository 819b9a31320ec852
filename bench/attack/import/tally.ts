// Counts what became of each attempt. Pure.
import type { Intake } from "#worker/git/intake/take-in-patch.ts";

/** `refused`: no patch at all. `blocked`: a patch that a rule stops. `shown`: taken in, flagged. `harmless`: taken in. */
export type Fate = "refused" | "blocked" | "shown" | "harmless";

export interface Outcome {
  readonly fate: Fate;
  /** Rules that spoke; none where it was harmless. */
  readonly rules: readonly string[];
}

export function outcomeOf(intake: Intake): Outcome {
  if (intake.outcome === "refused") return { fate: "refused", rules: [intake.rule] };
  const { blocked, flags } = intake.patch.verdict;
  const speaking = blocked ? flags.filter(({ severity }) => severity === "block") : flags;
  const rules = [...new Set(speaking.map(({ rule }) => rule))];
  if (blocked) return { fate: "blocked", rules };
  return { fate: rules.length > 0 ? "shown" : "harmless", rules };
}

export interface Tally {
  /** `name`: of the attempt, for the line of those that no rule spoke about. */
  add(outcome: Outcome, name: string): void;
  lines(): string[];
}

const WORDS: Readonly<Record<Fate, string>> = {
  refused: "refused outright",
  blocked: "blocked by the tree policy",
  shown: "taken in, with flags for the reviewer",
  harmless: "taken in as harmless",
};

export function createTally(): Tally {
  const counts = new Map<Fate, Map<string, number>>();
  return {
    add({ fate, rules }, name) {
      const byRule = counts.get(fate) ?? new Map<string, number>();
      const key = rules.length > 0 ? rules.join(" + ") : name;
      byRule.set(key, (byRule.get(key) ?? 0) + 1);
      counts.set(fate, byRule);
    },
    lines: () =>
      (Object.keys(WORDS) as Fate[]).flatMap((fate) => {
        const byRule = [...(counts.get(fate) ?? [])].sort((a, b) => b[1] - a[1]);
        const sum = byRule.reduce((total, [, count]) => total + count, 0);
        return [
          `${String(sum).padStart(5)}  ${WORDS[fate]}`,
          ...byRule.map(([rule, count]) => `${String(count).padStart(12)}  ${rule}`),
        ];
      }),
  };
}
