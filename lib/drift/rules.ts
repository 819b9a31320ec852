// The score: facts in, points out. Each part goes from 0 to 100 between a number that is nothing and one that is too much, and
// adds its share of its weight; the sum ends at 100. All in whole numbers, so that it is the same everywhere.
import type { Charter } from "../pilots/schema.ts";
import type { DriftFact, DriftFacts, DriftPart, PartScore } from "./schema.ts";

interface Rule {
  /** What the part adds at most. Below 70 for each: no fact alone pauses a run by the default charter. */
  readonly weight: number;
  /** How often each fact counts. */
  readonly facts: Readonly<Partial<Record<DriftFact, number>>>;
  /** Up to here it is nothing; from `full` on it is 100. */
  readonly free: number;
  readonly full: number;
}

export const DRIFT_RULES: Readonly<Record<DriftPart, Rule>> = {
  outside: { weight: 40, facts: { outside: 1 }, free: 0, full: 3 },
  circles: { weight: 40, facts: { returns: 3, failures: 2, repeats: 1, rewrites: 1 }, free: 2, full: 20 },
  tests: { weight: 35, facts: { newlyFailing: 1, worse: 1 }, free: 0, full: 5 },
  idle: { weight: 30, facts: { idleTokens: 1 }, free: 60_000, full: 600_000 },
  contradicted: { weight: 30, facts: { contradictions: 2, assumptions: 1 }, free: 0, full: 6 },
  budget: { weight: 30, facts: { stalled: 1 }, free: 200, full: 700 },
  refused: { weight: 25, facts: { refused: 1 }, free: 0, full: 10 },
  harness: { weight: 20, facts: { harness: 1 }, free: 0, full: 4 },
  goal: { weight: 15, facts: { goals: 1 }, free: 0, full: 4 },
};
const PARTS = Object.entries(DRIFT_RULES) as [DriftPart, Rule][];

export const NO_FACTS: DriftFacts = {
  ...{ outside: 0, returns: 0, repeats: 0, failures: 0, rewrites: 0, newlyFailing: 0, worse: 0 },
  ...{ idleTokens: 0, contradictions: 0, assumptions: 0, stalled: 0, refused: 0, harness: 0, goals: 0 },
};

function partScore({ facts, free, full }: Rule, known: DriftFacts): number {
  const amount = Object.entries(facts).reduce(
    (sum, [name, times]) => sum + known[name as DriftFact] * times,
    0,
  );
  if (amount <= free) return 0;
  return Math.min(100, Math.floor((100 * (amount - free)) / (full - free)));
}

export interface DriftScore {
  readonly score: number;
  readonly parts: readonly PartScore[];
}

/** `events`: by fact, the numbers of the events it was counted from. */
export function scoreOf(
  known: DriftFacts,
  events: Readonly<Partial<Record<DriftFact, readonly number[]>>> = {},
): DriftScore {
  const parts = PARTS.flatMap(([part, rule]): PartScore[] => {
    const score = partScore(rule, known);
    if (score === 0) return [];
    const behind = (Object.keys(rule.facts) as DriftFact[]).filter((name) => known[name] > 0);
    return [
      {
        part,
        score,
        points: Math.floor((rule.weight * score) / 100),
        facts: Object.fromEntries(behind.map((name) => [name, known[name]])),
        events: newest(behind.flatMap((name) => events[name] ?? [])),
      },
    ];
  });
  return {
    score: Math.min(
      100,
      parts.reduce((sum, { points }) => sum + points, 0),
    ),
    parts,
  };
}

/** So many of a part's events are named. */
export const NAMED_EVENTS = 8;

const newest = (numbers: readonly number[]): number[] =>
  [...new Set(numbers)].sort((a, b) => a - b).slice(-NAMED_EVENTS);

/** The score from which a run is paused; null where the charter pauses none by it. */
export const pauseAt = ({ controls: { driftPause } }: Pick<Charter, "controls">): number | null =>
  driftPause === 0 ? null : driftPause;

/** So much worse it has to get than it was when somebody let it go on. */
const WORSE = 10;

/**
 * What a score has to reach before the run is paused: the threshold. Whoever resumes a run has seen its score, so it is
 * paused again only when it got clearly worse, or was below the threshold in between. `seen`: null when it was.
 */
export const pausesFrom = (threshold: number, seen: number | null): number =>
  seen === null ? threshold : Math.max(threshold, seen + WORSE);

const WORDS: Readonly<Record<DriftPart, string>> = {
  outside: "files outside the charter's paths",
  circles: "turning in circles",
  tests: "tests that got worse",
  idle: "tokens spent while nothing changed",
  contradicted: "statements that its own commands contradict",
  budget: "budget spent without progress",
  refused: "ways out that were refused",
  harness: "files of the tests changed",
  goal: "a goal that was changed",
};
export const partWords = (part: DriftPart): string => WORDS[part];

/** Why a run is paused, in one sentence; the heaviest part first. */
export function driftSentence({ score, parts }: DriftScore, threshold: number): string {
  const named = [...parts]
    .sort((a, b) => b.points - a.points)
    .slice(0, 3)
    .map(({ part, points }) => `${partWords(part)} (${points})`);
  return `Its drift score is ${score}, and the charter pauses a run at ${threshold}: ${named.join(", ")}.`;
}
