// A run's drift in words. Pure.
import type { DriftFact, DriftPart, PartScore } from "#lib/drift/schema.ts";
import { formatCount, plural } from "../../format.ts";

export const PART_TITLES: Readonly<Record<DriftPart, string>> = {
  outside: "Outside its paths",
  circles: "Turning in circles",
  tests: "Tests got worse",
  idle: "Tokens without a change",
  contradicted: "Said and not so",
  budget: "Budget without progress",
  refused: "Refused",
  harness: "Files of the tests",
  goal: "Goal changed",
};

const FACTS: Readonly<Record<DriftFact, (count: number) => string>> = {
  outside: (count) => `${plural(count, "file")} outside the charter's paths`,
  returns: (count) => `the tree was an earlier one again ${times(count)}`,
  repeats: (count) => `${plural(count, "command")} again on the very same tree`,
  failures: (count) => `${plural(count, "failure")} of a command that had failed twice`,
  rewrites: (count) => `${plural(count, "edit")} of files edited four times before`,
  newlyFailing: (count) =>
    `${plural(count, "test")} failing that ${count === 1 ? "passes" : "pass"} on the base`,
  worse: (count) => `${plural(count, "failure")} more than at the best look`,
  idleTokens: (count) => `${formatCount(count)} tokens since the tree changed`,
  contradictions: (count) => `${plural(count, "statement")} that a command contradicts`,
  assumptions: (count) => `${plural(count, "assumption")} that ${count === 1 ? "does" : "do"} not hold`,
  stalled: (count) => `${(count / 10).toFixed(0)} % of the budget since the last new tree`,
  refused: (count) => `${plural(count, "way")} out or ask that was refused`,
  harness: (count) => `${plural(count, "file")} of the tests changed`,
  goals: (count) => `changed ${times(count)}`,
};

const times = (count: number): string => (count === 1 ? "once" : `${count} times`);

/** "3 files outside the charter's paths". What this version does not know is left out. */
export const factWords = ({ facts }: Pick<PartScore, "facts">): string =>
  Object.entries(facts)
    .flatMap(([name, count]) => (Object.hasOwn(FACTS, name) ? [FACTS[name as DriftFact](count)] : []))
    .join("; ");
